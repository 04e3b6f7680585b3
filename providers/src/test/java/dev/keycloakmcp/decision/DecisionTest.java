package dev.keycloakmcp.decision;

import static dev.keycloakmcp.decision.ReasonCode.NOT_TARGETED;
import static dev.keycloakmcp.decision.ReasonCode.OK;
import static dev.keycloakmcp.decision.ReasonCode.RESOURCE_UNKNOWN;
import static dev.keycloakmcp.decision.ReasonCode.REUSED;
import static dev.keycloakmcp.decision.ReasonCode.SCOPE_MISSING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionTest {

    private static final Decision<String> ALLOWED = Decision.allow("value");
    private static final Decision<String> NAMED = new Decision.Allow<>("value", NOT_TARGETED);
    private static final Decision<String> DENIED = Decision.deny(RESOURCE_UNKNOWN, "detail");

    private static Decision<Integer> positive(String number) {
        int value = Integer.parseInt(number);
        return value > 0 ? Decision.allow(value) : Decision.deny(SCOPE_MISSING, number);
    }

    @Test
    void an_allow_has_a_value_and_a_deny_has_none() {
        assertThat(ALLOWED.allowed()).contains("value");
        assertThat(ALLOWED.denied()).isEmpty();
        assertThat(DENIED.allowed()).isEmpty();
        assertThat(DENIED.denied()).contains(new Decision.Deny<>(RESOURCE_UNKNOWN, "detail"));
    }

    @Test
    void a_value_is_replaced_for_the_same_reason() {
        assertThat(NAMED.map(String::length)).isEqualTo(new Decision.Allow<>(5, NOT_TARGETED));
        assertThat(ALLOWED.map(String::length)).isEqualTo(new Decision.Allow<>(5, OK));
        assertThat(DENIED.map(String::length)).isEqualTo(new Decision.Deny<>(RESOURCE_UNKNOWN, "detail"));
    }

    @Test
    void the_next_rule_is_asked_only_when_this_one_allows() {
        assertThat(ALLOWED.then(value -> Decision.deny(SCOPE_MISSING, "next")))
                .isEqualTo(new Decision.Deny<>(SCOPE_MISSING, "next"));
        assertThat(DENIED.<Integer>then(value -> fail("asked")))
                .isEqualTo(new Decision.Deny<>(RESOURCE_UNKNOWN, "detail"));
    }

    @Test
    void a_reason_stays_unless_the_next_rule_names_its_own() {
        assertThat(NAMED.then(value -> Decision.allow(1))).isEqualTo(new Decision.Allow<>(1, NOT_TARGETED));
        assertThat(NAMED.then(value -> new Decision.Allow<>(1, REUSED))).isEqualTo(new Decision.Allow<>(1, REUSED));
        assertThat(NAMED.then(value -> Decision.deny(SCOPE_MISSING, "next")).reason())
                .isEqualTo(SCOPE_MISSING);
    }

    @Test
    void a_deny_may_be_turned_into_what_is_thrown() {
        assertThat(ALLOWED.orElseThrow(deny -> new IllegalStateException(deny.detail())))
                .isEqualTo("value");
        assertThatThrownBy(() -> DENIED.orElseThrow(deny -> new IllegalStateException(deny.detail())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("detail");
    }

    @Test
    void all_elements_have_to_be_allowed_and_the_first_deny_counts() {
        assertThat(Decision.each(List.of("2", "1"), DecisionTest::positive)).isEqualTo(Decision.allow(List.of(2, 1)));
        assertThat(Decision.each(List.<String>of(), DecisionTest::positive)).isEqualTo(Decision.allow(List.of()));
        List<String> asked = new ArrayList<>();
        assertThat(Decision.each(List.of("1", "-1", "-2"), number -> {
                    asked.add(number);
                    return positive(number);
                }))
                .isEqualTo(Decision.deny(SCOPE_MISSING, "-1"));
        assertThat(asked).containsExactly("1", "-1");
    }
}
