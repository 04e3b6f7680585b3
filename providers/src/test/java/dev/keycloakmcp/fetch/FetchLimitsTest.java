package dev.keycloakmcp.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FetchLimitsTest {

    @Test
    void the_usual_ones_are_those_of_the_contract() {
        assertThat(FetchLimits.USUAL).isEqualTo(new FetchLimits(3000, 65_536, 86_400, false));
        assertThat(FetchLimits.USUAL.addresses()).isEqualTo(new AddressRule(false));
        assertThat(FetchLimits.USUAL.answers()).isEqualTo(new AnswerRule(65_536));
        assertThat(FetchLimits.USUAL.freshness()).isEqualTo(new Freshness(300, 86_400));
    }

    @Test
    void nothing_is_without_a_limit() {
        FetchLimits none = new FetchLimits(0, 0, -1, true);
        assertThat(none).isEqualTo(new FetchLimits(100, 1024, -1, true));
        assertThat(none.freshness()).isEqualTo(new Freshness(0, 0));
        assertThat(new FetchLimits(Integer.MAX_VALUE, Integer.MAX_VALUE, 1, true))
                .isEqualTo(new FetchLimits(30_000, 1_048_576, 1, true));
        assertThat(none.addresses().privateAllowed()).isTrue();
    }

    @Test
    void who_wants_answers_no_longer_than_a_minute_gets_that() {
        assertThat(new FetchLimits(3000, 65_536, 60, false).freshness()).isEqualTo(new Freshness(60, 60));
    }
}
