package dev.keycloakmcp.decision;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    record Deny<T>(ReasonCode reason, String detail) implements Decision<T> {

        /** The same deny, as the outcome of a rule that gives something else. */
        @SuppressWarnings("unchecked") // a deny holds no T
        public <R> Deny<R> retyped() {
            return (Deny<R>) this;
        }
    }

    static <T> Decision<T> allow(T value) {
        return new Allow<>(value, ReasonCode.OK);
    }

    static <T> Decision<T> deny(ReasonCode reason, String detail) {
        return new Deny<>(reason, detail);
    }

    /** The values of a rule for all elements, in their order, or its first deny. */
    static <E, T> Decision<List<T>> each(Iterable<E> elements, Function<? super E, Decision<T>> rule) {
        List<T> values = new ArrayList<>();
        for (E element : elements) {
            Decision<T> decision = rule.apply(element);
            if (decision instanceof Deny<T> deny) {
                return deny.retyped();
            }
            decision.allowed().ifPresent(values::add);
        }
        return allow(List.copyOf(values));
    }

    /** The value, where this is allowed. */
    default Optional<T> allowed() {
        return this instanceof Allow<T> allow ? Optional.of(allow.value()) : Optional.empty();
    }

    /** The deny, where this is one. */
    default Optional<Deny<T>> denied() {
        return this instanceof Deny<T> deny ? Optional.of(deny) : Optional.empty();
    }

    /** The value; what a deny is turned into is thrown. */
    default <X extends RuntimeException> T orElseThrow(Function<? super Deny<T>, X> refusal) {
        if (this instanceof Deny<T> deny) {
            throw refusal.apply(deny);
        }
        return ((Allow<T>) this).value();
    }

    /** Another value for the same reason; a deny stays as it is. */
    default <R> Decision<R> map(Function<? super T, ? extends R> change) {
        return then(value -> allow(change.apply(value)));
    }

    /**
     * The rule that follows when this is allowed; a deny stays as it is. The reason of this decision stays as well, unless
     * the next one names a reason of its own.
     */
    default <R> Decision<R> then(Function<? super T, Decision<R>> next) {
        if (this instanceof Deny<T> deny) {
            return deny.retyped();
        }
        Decision<R> decision = next.apply(((Allow<T>) this).value());
        return decision instanceof Allow<R> allow && allow.reason() == ReasonCode.OK
                ? new Allow<>(allow.value(), reason())
                : decision;
    }
}
