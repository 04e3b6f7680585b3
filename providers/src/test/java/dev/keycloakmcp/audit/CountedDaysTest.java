package dev.keycloakmcp.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CountedDaysTest {

    private static final long HOUR = 3_600_000;
    private static final long DAY = 24 * HOUR;
    private static final long START = 20_000 * DAY;

    private static final CountedDays DAYS = new CountedDays(RowId.least(START), RowId.least(START + 10 * DAY));

    private static AuditFilter between(OptionalLong from, OptionalLong to) {
        return new AuditFilter(Map.of(), from, to);
    }

    @Test
    void days_that_are_in_time_as_a_whole_count() {
        assertThat(DAYS.within(AuditFilter.all())).contains(DAYS);
        assertThat(DAYS.within(between(OptionalLong.of(START + 1), OptionalLong.of(START + 3 * DAY - 2))))
                .contains(new CountedDays(RowId.least(START + DAY), RowId.least(START + 2 * DAY)));
        assertThat(DAYS.within(between(OptionalLong.of(START + DAY), OptionalLong.of(START + 2 * DAY - 1))))
                .contains(new CountedDays(RowId.least(START + DAY), RowId.least(START + 2 * DAY)));
        assertThat(DAYS.within(between(OptionalLong.of(START + 1), OptionalLong.of(START + 2 * DAY - 2))))
                .isEmpty();
    }

    @Test
    void no_row_is_counted_that_is_not_in_time() {
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            long from = START - DAY + (long) (random.nextDouble() * 12 * DAY);
            long to = from + (long) (random.nextDouble() * 4 * DAY);
            Optional<CountedDays> within = DAYS.within(between(OptionalLong.of(from), OptionalLong.of(to)));
            within.ifPresent(days -> {
                assertThat(days.first()).isBetween(RowId.least(from), days.end());
                assertThat(days.end()).isLessThanOrEqualTo(RowId.least(to + 1));
                assertThat(days.first()).isGreaterThanOrEqualTo(DAYS.first());
                assertThat(days.end()).isLessThanOrEqualTo(DAYS.end());
            });
        }
    }

    @Test
    void what_is_not_counted_by_is_read_from_rows() {
        for (AuditField field : AuditField.values()) {
            boolean counted =
                    switch (field) {
                        case SUBJECT, CLIENT, RESOURCE, TYPE -> true;
                        default -> false;
                    };
            assertThat(DAYS.within(AuditFilter.all().with(field, "x")).isPresent())
                    .as(field.parameter())
                    .isEqualTo(counted);
        }
    }

    @Test
    void a_day_is_counted_when_everything_that_comes_of_it_is_late() {
        long over = START + 11 * DAY;
        assertThat(DAYS.isNextOver(over + 2 * HOUR - 1)).isFalse();
        assertThat(DAYS.isNextOver(over + 2 * HOUR)).isTrue();
        // By a clock that is an hour behind.
        assertThat(CountedDays.isLate(RowId.least(over - 1), over + HOUR)).isTrue();
        assertThat(CountedDays.isLate(RowId.least(over), over + HOUR)).isFalse();
        assertThat(CountedDays.dayAfter(RowId.least(START + DAY - 1))).isEqualTo(RowId.least(START + DAY));
        assertThat(CountedDays.startOf(START + DAY - 1)).isEqualTo(RowId.least(START));
    }
}
