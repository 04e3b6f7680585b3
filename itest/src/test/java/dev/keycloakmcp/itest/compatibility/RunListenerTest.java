package dev.keycloakmcp.itest.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.opentest4j.TestAbortedException;

/** Nothing of a run is lost, and nothing is counted twice. */
class RunListenerTest {

    static class Mixed {
        @Test
        void passes() {}

        @Test
        void fails() {
            throw new AssertionError();
        }

        @Test
        void lacks_something() {
            throw new TestAbortedException();
        }

        @Test
        @Disabled("for the test")
        void is_skipped() {}

        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void rows(int number) {
            assertThat(number).isEqualTo(1);
        }

        @Nested
        class Inside {
            @Test
            void passes() {}
        }
    }

    @Disabled("for the test")
    static class Skipped {
        @Test
        void one() {}

        @Test
        void another() {}
    }

    static class WithoutServer {
        @BeforeAll
        static void start() {
            throw new IllegalStateException("did not start");
        }

        @Test
        void one() {}
    }

    static class NotOfTheSuite {
        @Test
        void passes() {}
    }

    @Test
    void counts() {
        Map<String, Tally> told = new TreeMap<>();
        RunListener listener = new RunListener(name -> !name.endsWith("NotOfTheSuite"), told::putAll);
        var launcher = LauncherFactory.create(LauncherConfig.builder()
                .enableTestExecutionListenerAutoRegistration(false)
                .build());
        launcher.execute(
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(
                                DiscoverySelectors.selectClass(Mixed.class),
                                DiscoverySelectors.selectClass(Skipped.class),
                                DiscoverySelectors.selectClass(WithoutServer.class),
                                DiscoverySelectors.selectClass(NotOfTheSuite.class))
                        .build(),
                listener);
        String prefix = RunListenerTest.class.getName() + "$";
        assertThat(told.keySet()).containsExactly(prefix + "Mixed", prefix + "Skipped", prefix + "WithoutServer");
        Tally mixed = told.get(prefix + "Mixed");
        assertThat(mixed.passed()).isEqualTo(3);
        assertThat(mixed.skipped()).isEqualTo(2);
        assertThat(mixed.failed()).hasSize(2).contains("fails()").anySatisfy(name -> assertThat(name)
                .startsWith("rows ")
                .contains("2"));
        assertThat(told).containsEntry(prefix + "Skipped", Tally.skipped(2));
        assertThat(told.get(prefix + "WithoutServer").failed()).hasSize(1);
    }

    @Test
    void nothing_is_reported_of_a_run_without_integration_tests() {
        new RunListener(name -> true, told -> {
                    throw new AssertionError();
                })
                .testPlanExecutionFinished(null);
        assertThat(List.of(Tally.onePassed(), Tally.skipped(2), Tally.oneFailed("x")).stream()
                        .reduce(Tally.NONE, Tally::plus))
                .isEqualTo(new Tally(1, List.of("x"), 2));
    }
}
