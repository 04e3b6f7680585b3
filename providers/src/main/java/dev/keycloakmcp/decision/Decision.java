package dev.keycloakmcp.decision;

/**
 * The outcome of a rule: allowed with what follows from it, or denied with a reason.
 *
 * @param <T> what an allowed request gets, such as its target
 */
public sealed interface Decision<T> {

    /** A stable reason, never null. */
    ReasonCode reason();

    /** Allowed. */
    record Allow<T>(T value, ReasonCode reason) implements Decision<T> {}

    /**
     * Denied.
     *
     * @param detail what an engineer has to change; shown to the client, so it tells nothing about the realm that the
     *     client did not send
     */
    record Deny<T>(ReasonCode reason, String detail) implements Decision<T> {}

    static <T> Decision<T> allow(T value) {
        return new Allow<>(value, ReasonCode.OK);
    }

    static <T> Decision<T> deny(ReasonCode reason, String detail) {
        return new Deny<>(reason, detail);
    }
}
