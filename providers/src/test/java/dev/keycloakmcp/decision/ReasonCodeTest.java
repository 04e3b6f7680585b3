package dev.keycloakmcp.decision;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ReasonCodeTest {

    @Test
    void codes_are_stable_names_derived_from_the_constants() {
        assertThat(ReasonCode.values()).allSatisfy(reason -> assertThat(reason.code())
                .isEqualTo(reason.name().toLowerCase(Locale.ROOT)));
    }

    @Test
    void codes_are_unique_and_explained() {
        assertThat(Arrays.stream(ReasonCode.values()).map(ReasonCode::code)).doesNotHaveDuplicates();
        assertThat(ReasonCode.values())
                .allSatisfy(reason -> assertThat(reason.meaning()).isNotBlank());
    }

    @Test
    void only_reasons_that_never_deny_have_no_oauth_error() {
        assertThat(Arrays.stream(ReasonCode.values())
                        .filter(reason -> reason.error().isEmpty()))
                .containsExactlyInAnyOrder(ReasonCode.OK, ReasonCode.NOT_TARGETED, ReasonCode.REUSED);
    }

    @Test
    void an_allow_is_ok_and_keeps_its_value() {
        Decision<String> decision = Decision.allow("value");
        assertThat(decision).isEqualTo(new Decision.Allow<>("value", ReasonCode.OK));
    }

    @Test
    void a_deny_keeps_reason_and_detail() {
        Decision<String> decision = Decision.deny(ReasonCode.RESOURCE_UNKNOWN, "detail");
        assertThat(decision).isEqualTo(new Decision.Deny<String>(ReasonCode.RESOURCE_UNKNOWN, "detail"));
        assertThat(decision.reason().error()).isEqualTo("invalid_target");
    }

    @Test
    void modes_have_the_values_of_the_configuration() {
        assertThat(EnforcementMode.ENFORCE.value()).isEqualTo("enforce");
        assertThat(EnforcementMode.REPORT.value()).isEqualTo("report");
    }
}
