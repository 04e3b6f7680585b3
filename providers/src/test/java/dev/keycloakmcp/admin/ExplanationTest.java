package dev.keycloakmcp.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.Rank;
import dev.keycloakmcp.policy.TokenContent;
import dev.keycloakmcp.policy.TokenLoss;
import dev.keycloakmcp.policy.Verdict;
import dev.keycloakmcp.policy.Verdicts;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The answer to what a request would get. */
class ExplanationTest {

    private static final Map<String, Object> WIDE = Map.of("aud", "account", "scope", "email crm:read");
    private static final Map<String, Object> NARROW = Map.of("aud", "https://crm.example", "scope", "crm:read");

    private static Verdicts allowed(EnforcementMode mode) {
        return Verdicts.NONE.with(new Verdict("rule", Rank.GENERAL, mode, Decision.allow(Optional.empty())));
    }

    private static Verdicts denied(EnforcementMode mode) {
        return Verdicts.NONE.with(
                new Verdict("rule", Rank.GENERAL, mode, Decision.deny(ReasonCode.RESOURCE_UNKNOWN, "Name a server.")));
    }

    private static Explanation.Run answered(Verdicts verdicts, boolean losing, Map<String, Object> claims) {
        return Explanation.Run.answered(verdicts, losing, claims, TokenContent.of(claims, Map.of(), Map.of()));
    }

    @Test
    void an_allowed_request_says_what_it_loses() {
        Explanation.Run before = answered(allowed(EnforcementMode.REPORT), true, WIDE);
        Explanation.Run now = answered(allowed(EnforcementMode.ENFORCE), false, NARROW);

        assertThat(Explanation.json(before, now, now))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "decision",
                        "allow",
                        "reason",
                        "ok",
                        "policies",
                        List.of(Map.of("rule", "rule", "enforcement", "enforce", "decision", "allow", "reason", "ok")),
                        "before",
                        WIDE,
                        "after",
                        NARROW,
                        "loses",
                        new TokenLoss(List.of("account"), List.of("email"), List.of(), List.of())));
    }

    @Test
    void what_only_is_reported_keeps_the_token_and_tells_the_loss() {
        Explanation.Run before = answered(allowed(EnforcementMode.REPORT), true, WIDE);
        Explanation.Run enforced = answered(allowed(EnforcementMode.ENFORCE), false, NARROW);
        Map<String, Object> json = Explanation.json(before, before, enforced);

        assertThat(before.outcome()).isEqualTo(Outcome.WOULD_NARROW);
        assertThat(json).containsEntry("decision", "would-narrow").containsEntry("after", WIDE);
        assertThat(((TokenLoss) json.get("loses")).aud()).containsExactly("account");
    }

    @Test
    void a_refusal_has_its_error_and_loses_nothing() {
        Explanation.Run before = answered(denied(EnforcementMode.REPORT), false, WIDE);
        Explanation.Run refused = Explanation.Run.refused(
                denied(EnforcementMode.ENFORCE),
                "invalid_target",
                Optional.of("resource_unknown"),
                Optional.of("Name a server."));

        assertThat(before.outcome()).isEqualTo(Outcome.WOULD_DENY);
        assertThat(before.detail()).contains("Name a server.");
        assertThat(Explanation.json(before, refused, refused))
                .containsEntry("decision", "deny")
                .containsEntry("error", "invalid_target")
                .containsEntry("reason", "resource_unknown")
                .containsEntry("detail", "Name a server.")
                .containsEntry("before", WIDE)
                .containsEntry("after", Map.of())
                .containsEntry("loses", TokenLoss.NONE)
                .containsEntry(
                        "policies",
                        List.of(Map.of(
                                "rule", "rule",
                                "enforcement", "enforce",
                                "decision", "deny",
                                "reason", "resource_unknown",
                                "detail", "Name a server.")));
    }

    @Test
    void a_request_that_no_policy_is_for_goes_on() {
        Explanation.Run now = answered(Verdicts.NONE, false, WIDE);

        assertThat(Explanation.json(now, now, now))
                .containsEntry("decision", "allow")
                .containsEntry("policies", List.of())
                .doesNotContainKeys("error", "reason", "detail");
    }
}
