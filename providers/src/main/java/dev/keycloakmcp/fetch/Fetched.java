package dev.keycloakmcp.fetch;

/** The outcome of a request to a host that somebody else named. */
public sealed interface Fetched {

    /**
     * A text in JSON, not read yet.
     *
     * @param freshSeconds how long it need not be fetched again
     */
    record Text(String json, long freshSeconds) implements Fetched {}

    /**
     * Nothing.
     *
     * @param detail for engineers of this side; it may say more of the network than strangers should hear
     */
    record Failed(FetchFailure failure, String detail) implements Fetched {}

    static Fetched failed(FetchFailure failure, String detail) {
        return new Failed(failure, detail);
    }
}
