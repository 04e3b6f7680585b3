package dev.keycloakmcp.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.support.LeaseLocks.Lease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaseLocksTest {

    private static final Duration LIFESPAN = Duration.ofSeconds(30);
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final String KEY = "key";

    private final AtomicLong passed = new AtomicLong();
    private final SharedStore store = new SharedStore();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /** Entries with the time they end, by a clock that the test moves. */
    private final class SharedStore implements LeaseLocks.Store {

        private final Map<String, Long> ends = new ConcurrentHashMap<>();
        private final CountDownLatch wanted = new CountDownLatch(1);

        @Override
        public synchronized boolean putIfAbsent(String key, Duration lifespan) {
            if (key.endsWith(":wanted")) {
                wanted.countDown();
            }
            if (contains(key)) {
                return false;
            }
            ends.put(key, now() + lifespan.toNanos());
            return true;
        }

        @Override
        public synchronized boolean contains(String key) {
            Long end = ends.get(key);
            return end != null && end > now();
        }

        @Override
        public synchronized void remove(String key) {
            ends.remove(key);
        }
    }

    private long now() {
        return System.nanoTime() + passed.get();
    }

    private void pass(Duration time) {
        passed.addAndGet(time.toNanos());
    }

    private LeaseLocks node(Duration patience, Duration recheck) {
        return new LeaseLocks(LIFESPAN, patience, recheck, this::now);
    }

    private Future<Optional<Lease>> takeElsewhere(LeaseLocks locks) {
        return threads.submit(() -> locks.take(store, KEY));
    }

    private static Optional<Lease> soon(Future<Optional<Lease>> lease)
            throws ExecutionException, InterruptedException, TimeoutException {
        return lease.get(10, TimeUnit.SECONDS);
    }

    @Test
    void a_free_lock_is_taken_at_once_and_nobody_else_gets_it() {
        LeaseLocks locks = node(SHORT, SHORT);

        assertThat(locks.take(store, KEY)).map(Lease::key).contains(KEY);
        assertThat(locks.take(store, KEY)).isEmpty();
        assertThat(locks.take(store, "another")).isPresent();
    }

    @Test
    void without_patience_nobody_waits() {
        LeaseLocks locks = node(Duration.ZERO, LONG);
        locks.take(store, KEY);

        assertThat(locks.take(store, KEY)).isEmpty();
        assertThat(store.wanted.getCount()).isEqualTo(1);
    }

    @Test
    void a_release_that_nobody_waits_for_is_no_news() {
        LeaseLocks locks = node(SHORT, SHORT);
        Lease lease = locks.take(store, KEY).orElseThrow();

        assertThat(locks.release(store, lease)).isFalse();
        assertThat(store.ends).isEmpty();
        assertThat(locks.take(store, KEY)).isPresent();
    }

    @Test
    void who_waits_is_woken_by_the_release() throws Exception {
        LeaseLocks locks = node(LONG, LONG);
        Lease lease = locks.take(store, KEY).orElseThrow();
        Future<Optional<Lease>> second = takeElsewhere(locks);
        store.wanted.await();

        assertThat(locks.release(store, lease)).isTrue();
        Lease next = soon(second).orElseThrow();
        assertThat(locks.release(store, next)).isFalse();
        assertThat(store.ends).isEmpty();
    }

    @Test
    void who_waits_on_another_node_is_woken_when_that_node_hears_of_it() throws Exception {
        LeaseLocks here = node(LONG, LONG);
        LeaseLocks there = node(LONG, LONG);
        Lease lease = here.take(store, KEY).orElseThrow();
        Future<Optional<Lease>> waiting = takeElsewhere(there);
        store.wanted.await();

        assertThat(here.release(store, lease)).isTrue();
        there.wake("another");
        there.wake(KEY);
        assertThat(soon(waiting)).isPresent();
    }

    @Test
    void who_waits_looks_again_where_the_news_got_lost() throws Exception {
        LeaseLocks here = node(LONG, LONG);
        LeaseLocks there = node(LONG, SHORT);
        Lease lease = here.take(store, KEY).orElseThrow();
        Future<Optional<Lease>> waiting = takeElsewhere(there);
        store.wanted.await();

        here.release(store, lease);
        assertThat(soon(waiting)).isPresent();
    }

    @Test
    void a_lock_of_a_node_that_died_ends_by_its_lifespan() throws Exception {
        LeaseLocks locks = node(LONG, SHORT);
        locks.take(store, KEY);
        Future<Optional<Lease>> waiting = takeElsewhere(locks);
        store.wanted.await();

        pass(LIFESPAN);
        assertThat(soon(waiting)).isPresent();
    }

    @Test
    void who_is_late_frees_nobody_elses_lock() {
        LeaseLocks locks = node(SHORT, SHORT);
        Lease late = locks.take(store, KEY).orElseThrow();
        pass(LIFESPAN);
        Lease current = locks.take(store, KEY).orElseThrow();

        assertThat(locks.release(store, late)).isFalse();
        assertThat(locks.take(store, KEY)).isEmpty();
        locks.release(store, current);
        assertThat(locks.take(store, KEY)).isPresent();
    }

    @Test
    void a_lock_that_may_end_any_moment_is_left_to_end() {
        LeaseLocks locks = node(SHORT, SHORT);
        Lease lease = locks.take(store, KEY).orElseThrow();
        pass(Duration.ofSeconds(21));

        locks.release(store, lease);
        assertThat(store.contains(KEY)).isTrue();
    }

    @Test
    void a_lock_is_released_while_it_is_surely_held() {
        LeaseLocks locks = node(SHORT, SHORT);
        Lease lease = locks.take(store, KEY).orElseThrow();
        pass(Duration.ofSeconds(19));

        locks.release(store, lease);
        assertThat(store.contains(KEY)).isFalse();
    }

    @Test
    void an_interrupted_thread_stops_waiting_and_stays_interrupted() throws Exception {
        LeaseLocks locks = node(LONG, LONG);
        locks.take(store, KEY);
        AtomicInteger interrupted = new AtomicInteger();
        Thread waiting = new Thread(() -> {
            boolean taken = locks.take(store, KEY).isPresent();
            interrupted.set(!taken && Thread.currentThread().isInterrupted() ? 1 : -1);
        });
        waiting.start();
        store.wanted.await();
        waiting.interrupt();
        waiting.join(10_000);

        assertThat(interrupted).hasValue(1);
    }

    @Test
    void many_threads_of_two_nodes_hold_it_one_after_the_other() throws Exception {
        List<LeaseLocks> nodes = List.of(node(LONG, SHORT), node(LONG, SHORT));
        AtomicInteger holders = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Future<?>> all = new ArrayList<>();
        for (int thread = 0; thread < 16; thread++) {
            LeaseLocks own = nodes.get(thread % 2);
            LeaseLocks other = nodes.get((thread + 1) % 2);
            all.add(threads.submit(() -> {
                for (int round = 0; round < 20; round++) {
                    Lease lease = own.take(store, KEY).orElseThrow();
                    most.accumulateAndGet(holders.incrementAndGet(), Math::max);
                    holders.decrementAndGet();
                    if (own.release(store, lease)) {
                        other.wake(KEY);
                    }
                }
            }));
        }
        for (Future<?> each : all) {
            each.get(30, TimeUnit.SECONDS);
        }
        assertThat(most).hasValue(1);
        assertThat(store.contains(KEY)).isFalse();
    }
}
