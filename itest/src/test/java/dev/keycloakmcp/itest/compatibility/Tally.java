package dev.keycloakmcp.itest.compatibility;

import java.util.List;
import java.util.stream.Stream;

/**
 * What came of tests.
 *
 * @param passed how many did
 * @param failed their names
 * @param skipped how many were, or gave up as they lacked something
 */
record Tally(int passed, List<String> failed, int skipped) {

    static final Tally NONE = new Tally(0, List.of(), 0);

    Tally {
        failed = List.copyOf(failed);
    }

    static Tally onePassed() {
        return new Tally(1, List.of(), 0);
    }

    static Tally oneFailed(String name) {
        return new Tally(0, List.of(name), 0);
    }

    static Tally skipped(int tests) {
        return new Tally(0, List.of(), tests);
    }

    Tally plus(Tally other) {
        return new Tally(
                passed + other.passed,
                Stream.concat(failed.stream(), other.failed.stream()).toList(),
                skipped + other.skipped);
    }
}
