package dev.keycloakmcp.fetch;

/** Why nothing could be fetched. */
public enum FetchFailure {
    /** The host has no address that this server may connect to. */
    ADDRESS_NOT_ALLOWED(Meaning.UNREACHABLE),
    /** No connection, no such host, no valid certificate, or the connection broke. */
    NOT_CONNECTED(Meaning.UNREACHABLE),
    /** Not all of it came in time. */
    TIMED_OUT(Meaning.UNREACHABLE),
    /** This server makes as many such requests as it may at the same moment; says nothing of the host. */
    BUSY(Meaning.UNREACHABLE),
    /** The host answers from another place, where this server does not follow. */
    REDIRECTED(Meaning.UNREACHABLE),
    /** Another status than 200. */
    STATUS(Meaning.UNREACHABLE),
    /** The host says that there is no such thing, or no longer (404, 410). */
    GONE(Meaning.GONE),
    /** Longer than is taken. */
    TOO_LARGE(Meaning.INVALID),
    /** No JSON, by its content type or by its bytes. */
    NOT_JSON(Meaning.INVALID);

    /** The message of a failure about the thing itself. */
    public enum Meaning {
        /** Nothing: it may be as it was. */
        UNREACHABLE,
        /** It is no more. */
        GONE,
        /** It is there, and cannot be taken. */
        INVALID
    }

    private final Meaning meaning;

    FetchFailure(Meaning meaning) {
        this.meaning = meaning;
    }

    /** Its message about the thing that was to be fetched. */
    public Meaning meaning() {
        return meaning;
    }
}
