package dev.keycloakmcp.policy;

import static dev.keycloakmcp.decision.EnforcementMode.ENFORCE;
import static dev.keycloakmcp.decision.EnforcementMode.REPORT;
import static dev.keycloakmcp.policy.Rank.GENERAL;
import static dev.keycloakmcp.policy.Rank.SPECIFIC;
import static dev.keycloakmcp.resource.Servers.BILLING;
import static dev.keycloakmcp.resource.Servers.CRM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.TokenNarrowing.OfflineAccess;
import dev.keycloakmcp.policy.TokenNarrowing.WhenEmpty;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VerdictOrderTest {

    private static final Optional<Set<String>> ONE = Optional.of(Set.of("b"));
    private static final Optional<Set<String>> TWO = Optional.of(Set.of("a", "c"));
    private static final OptionalInt FOREVER = OptionalInt.empty();

    private static TokenForm form(boolean includesClientId, boolean rfc9068) {
        return new TokenForm(
                includesClientId ? TokenForm.AudienceForm.RESOURCE_AND_CLIENT_ID : TokenForm.AudienceForm.RESOURCE,
                rfc9068 ? TokenForm.Profile.RFC9068 : TokenForm.Profile.KEYCLOAK);
    }

    private static TokenNarrowing narrowing(
            Optional<Set<String>> requested,
            boolean offlineAccess,
            boolean includesClientId,
            boolean rfc9068,
            boolean scopeRequired,
            OptionalInt lifetime) {
        return new TokenNarrowing(
                CRM,
                requested,
                offlineAccess ? OfflineAccess.KEPT : OfflineAccess.DROPPED,
                scopeRequired ? WhenEmpty.REFUSED : WhenEmpty.ISSUED,
                form(includesClientId, rfc9068),
                lifetime);
    }

    private static Verdict verdict(Decision<Optional<TokenNarrowing>> decision) {
        return new Verdict("rule", GENERAL, ENFORCE, decision);
    }

    private static Verdict allow(TokenNarrowing narrowing) {
        return verdict(Decision.allow(Optional.of(narrowing)));
    }

    private static Verdict deny(ReasonCode reason, String detail) {
        return verdict(Decision.deny(reason, detail));
    }

    private static void first(Verdict one, Verdict other) {
        assertThat(VerdictOrder.DECISIVE_FIRST.compare(one, other)).isNegative();
        assertThat(VerdictOrder.DECISIVE_FIRST.compare(other, one)).isPositive();
        assertThat(VerdictOrder.DECISIVE_FIRST.compare(one, one)).isZero();
    }

    private static void first(TokenNarrowing one, TokenNarrowing other) {
        first(allow(one), allow(other));
    }

    @Test
    void denies_come_first() {
        first(deny(ReasonCode.SCOPE_MISSING, "z"), allow(TokenNarrowing.to(CRM).withMaxLifetime(1)));
    }

    @Test
    void what_is_bound_comes_before_what_is_not() {
        first(allow(TokenNarrowing.to(CRM)), verdict(Decision.allow(Optional.empty())));
    }

    @Test
    void the_shorter_lifetime_comes_first_whatever_else_is_narrow() {
        TokenNarrowing narrow = narrowing(ONE, false, false, true, true, OptionalInt.of(61));
        first(narrowing(Optional.empty(), true, true, false, false, OptionalInt.of(60)), narrow);
        first(narrow, narrowing(ONE, false, false, true, true, FOREVER));
    }

    @Test
    void a_required_scope_comes_before_one_that_is_not_required() {
        first(narrowing(TWO, true, true, false, true, FOREVER), narrowing(ONE, false, false, true, false, FOREVER));
    }

    @Test
    void without_offline_access_comes_before_with_it() {
        first(narrowing(TWO, false, true, false, false, FOREVER), narrowing(ONE, true, false, true, false, FOREVER));
    }

    @Test
    void fewer_scopes_come_before_more_and_both_before_any() {
        TokenNarrowing two = narrowing(TWO, false, false, true, false, FOREVER);
        first(narrowing(ONE, false, true, false, false, FOREVER), two);
        first(two, TokenNarrowing.to(CRM));
    }

    @Test
    void the_shorter_audience_comes_before_the_longer() {
        first(
                TokenNarrowing.to(CRM).with(form(false, false)),
                TokenNarrowing.to(CRM).with(form(true, true)));
    }

    @Test
    void the_profile_comes_before_any_form() {
        first(
                TokenNarrowing.to(CRM).with(form(false, true)),
                TokenNarrowing.to(BILLING).with(form(false, false)));
    }

    @Test
    void servers_and_scopes_come_by_name() {
        first(TokenNarrowing.to(BILLING), TokenNarrowing.to(CRM));
        first(
                TokenNarrowing.to(CRM).withRequestedScopes(Optional.of(Set.of("a", "d"))),
                TokenNarrowing.to(CRM).withRequestedScopes(Optional.of(Set.of("b", "c"))));
    }

    @Test
    void equal_decisions_come_by_rule_reason_detail_rank_and_mode() {
        Decision<Optional<TokenNarrowing>> denied = Decision.deny(ReasonCode.SCOPE_MISSING, "detail");
        first(
                new Verdict("a", SPECIFIC, REPORT, Decision.deny(ReasonCode.SCOPE_NOT_OWNED, "z")),
                new Verdict("b", GENERAL, ENFORCE, denied));
        first(deny(ReasonCode.SCOPE_MISSING, "z"), deny(ReasonCode.SCOPE_NOT_OWNED, "a"));
        first(deny(ReasonCode.SCOPE_MISSING, "a"), deny(ReasonCode.SCOPE_MISSING, "b"));
        first(new Verdict("rule", GENERAL, REPORT, denied), new Verdict("rule", SPECIFIC, ENFORCE, denied));
        first(new Verdict("rule", GENERAL, ENFORCE, denied), new Verdict("rule", GENERAL, REPORT, denied));
    }
}
