package dev.keycloakmcp.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.UUID;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowIdTest {

    private static final long END = 1L << 48;

    private static RandomGenerator always(long bits) {
        return () -> bits;
    }

    @Property
    void ids_sort_as_their_times_do(
            @ForAll @LongRange(max = END - 2) long one,
            @ForAll @LongRange(max = END - 1) long other,
            @ForAll long bits,
            @ForAll long otherBits) {
        String first = RowId.next(Instant.ofEpochMilli(one), always(bits));
        String second = RowId.next(Instant.ofEpochMilli(other), always(otherBits));
        if (one != other) {
            assertThat(first.compareTo(second) < 0).isEqualTo(one < other);
        }
        assertThat(RowId.time(first)).contains(one);
        assertThat(RowId.isValid(first)).isTrue();
        assertThat(UUID.fromString(first).version()).isEqualTo(7);
        assertThat(UUID.fromString(first).variant()).isEqualTo(2);
        assertThat(first).isGreaterThanOrEqualTo(RowId.least(one)).isLessThan(RowId.least(one + 1) + "x");
    }

    @Test
    void within_a_millisecond_they_sort_by_its_fraction() {
        Instant start = Instant.ofEpochMilli(1_800_000_000_000L);
        String early = RowId.next(start.plusNanos(1000), always(-1));
        String late = RowId.next(start.plusNanos(999_000), always(0));
        assertThat(early).isLessThan(late);
        assertThat(RowId.time(late)).contains(1_800_000_000_000L);
        assertThat(late).startsWith("01a3185c-5000-7ffb-8000-");
    }

    @Test
    void bounds_are_exact() {
        assertThat(RowId.least(1)).isEqualTo("00000000-0001-7000-8000-000000000000");
        assertThat(RowId.least(-1)).isEqualTo("00000000-0000-7000-8000-000000000000");
        assertThat(RowId.least(END)).isEqualTo("ffffffff-ffff-7000-8000-000000000000");
        assertThat(RowId.next(Instant.ofEpochMilli(1), always(-1))).isEqualTo("00000000-0001-7000-bfff-ffffffffffff");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "00000000-0001-4000-8000-000000000000", "00000000-0001-7000-c000-000000000000"})
    void nothing_else_is_an_id(String text) {
        assertThat(RowId.isValid(text)).isFalse();
        assertThat(RowId.time(text)).isEmpty();
    }
}
