package dev.keycloakmcp.support;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Locks that are entries of a store which several nodes share. A lock is a lease: its entry goes after a while by
 * itself, so that a node that dies leaves none behind. Threads that wait are woken when the lock is released; they do
 * not poll.
 */
public final class LeaseLocks {

    private static final String WANTED = ":wanted";

    private final Duration lifespan;
    private final Duration patience;
    private final Duration recheck;
    private final LongSupplier nanos;
    private final Map<String, Set<CountDownLatch>> waiting = new HashMap<>();

    /**
     * The locks of one node.
     *
     * @param lifespan how long an entry stays that nobody removes
     * @param patience how long a thread waits for a lock at most
     * @param recheck how long a thread sleeps at most, for locks that end by their lifespan and wake-ups that get lost
     * @param nanos a clock that never goes back, as {@link System#nanoTime}
     */
    public LeaseLocks(Duration lifespan, Duration patience, Duration recheck, LongSupplier nanos) {
        this.lifespan = lifespan;
        this.patience = patience;
        this.recheck = recheck;
        this.nanos = nanos;
    }

    /** The store that all nodes share; each call is atomic and seen by the others at once. */
    public interface Store {

        /** Adds an entry unless there is one; true when it was added. */
        boolean putIfAbsent(String key, Duration lifespan);

        boolean contains(String key);

        void remove(String key);
    }

    /**
     * A lock that was taken.
     *
     * @param takenAt when it was asked for: its entry stays at least until the lifespan has passed from then on
     */
    public record Lease(String key, long takenAt) {}

    /** Takes a lock, and waits for it where others have it; empty when they kept it too long. */
    public Optional<Lease> take(Store store, String key) {
        long deadline = nanos.getAsLong() + patience.toNanos();
        Optional<Lease> lease = tryToTake(store, key);
        while (lease.isEmpty() && !Thread.currentThread().isInterrupted() && deadline > nanos.getAsLong()) {
            CountDownLatch released = joinQueue(key);
            try {
                store.putIfAbsent(key + WANTED, lifespan);
                lease = tryToTake(store, key);
                if (lease.isEmpty()) {
                    sleep(released, Math.min(recheck.toNanos(), deadline - nanos.getAsLong()));
                    lease = tryToTake(store, key);
                }
            } finally {
                leaveQueue(key, released);
            }
        }
        return lease;
    }

    /**
     * Releases a lock, and wakes the threads of this node that wait for it.
     *
     * @return true when somebody waits, who may be on another node: call {@link #wake} there
     */
    public boolean release(Store store, Lease lease) {
        if (!isSurelyHeld(lease)) {
            return false;
        }
        store.remove(lease.key());
        // Who marks the lock after this look takes it, as it is free.
        boolean wanted = store.contains(lease.key() + WANTED);
        if (wanted) {
            store.remove(lease.key() + WANTED);
        }
        wake(lease.key());
        return wanted;
    }

    /** Wakes the threads of this node that wait for a lock. */
    public void wake(String key) {
        synchronized (waiting) {
            waiting.getOrDefault(key, Set.of()).forEach(CountDownLatch::countDown);
        }
    }

    /** After two thirds of the lifespan the entry is left to end by itself: it might be another's when it is removed. */
    private boolean isSurelyHeld(Lease lease) {
        return nanos.getAsLong() - lease.takenAt() < lifespan.toNanos() / 3 * 2;
    }

    private Optional<Lease> tryToTake(Store store, String key) {
        Lease lease = new Lease(key, nanos.getAsLong());
        return store.putIfAbsent(key, lifespan) ? Optional.of(lease) : Optional.empty();
    }

    private CountDownLatch joinQueue(String key) {
        CountDownLatch released = new CountDownLatch(1);
        synchronized (waiting) {
            waiting.computeIfAbsent(key, first -> new HashSet<>()).add(released);
        }
        return released;
    }

    private void leaveQueue(String key, CountDownLatch released) {
        synchronized (waiting) {
            waiting.computeIfPresent(key, (same, latches) -> {
                latches.remove(released);
                return latches.isEmpty() ? null : latches;
            });
        }
    }

    private static void sleep(CountDownLatch released, long nanos) {
        try {
            released.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
