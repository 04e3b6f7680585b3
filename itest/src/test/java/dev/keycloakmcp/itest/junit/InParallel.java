package dev.keycloakmcp.itest.junit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Does several things at the same time. */
public final class InParallel {

    private InParallel() {}

    /** Does the same so many times at once, and answers what came of it. */
    public static <T> List<T> times(int times, Callable<T> task) throws InterruptedException, ExecutionException {
        return all(Collections.nCopies(times, task));
    }

    /** Does all of them at once, and answers what came of them, in their order. */
    public static <T> List<T> all(List<? extends Callable<T>> tasks) throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> result : threads.invokeAll(tasks)) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
