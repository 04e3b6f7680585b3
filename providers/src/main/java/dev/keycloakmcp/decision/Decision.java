package dev.keycloakmcp.decision;

import java.util.function.Function;

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

    /** What follows when this is allowed; a deny stays as it is. */
    default <R> Decision<R> then(Function<? super T, Decision<R>> next) {
        if (this instanceof Deny<T> deny) {
            return deny(deny.reason(), deny.detail());
        }
        return next.apply(((Allow<T>) this).value());
    }
}
