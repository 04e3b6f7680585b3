package dev.keycloakmcp.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackOffTest {

    @ParameterizedTest
    @CsvSource({"0, 5", "1, 10", "2, 20", "3, 40", "4, 60", "5, 60", "1000, 60", "-1, 5"})
    void it_doubles_up_to_a_minute(int earlier, long seconds) {
        assertThat(BackOff.SHORT.seconds(earlier)).isEqualTo(seconds);
    }

    @Property
    void it_is_never_less_than_before(@ForAll int earlier) {
        assertThat(BackOff.SHORT.seconds(earlier)).isBetween(5L, 60L);
    }
}
