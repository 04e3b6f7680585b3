package dev.keycloakmcp.itest.junit;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what a server does by itself, by asking it again and again. */
public final class Until {

    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final Duration BETWEEN = Duration.ofMillis(100);

    private Until() {}

    /** Returns as soon as the condition holds; fails where it does not after a minute. */
    public static void holds(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("Not within " + LONGEST.toSeconds() + " s: " + what);
            }
            LockSupport.parkNanos(BETWEEN.toNanos());
        }
    }

    /** Returns when that much time has passed, for a server on this machine, whose clock is the same. */
    public static void passes(Duration time) {
        Instant end = Instant.now().plus(time);
        holds("it is " + end, () -> !Instant.now().isBefore(end));
    }
}
