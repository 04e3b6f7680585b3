package dev.keycloakmcp.policy;

import static dev.keycloakmcp.decision.EnforcementMode.ENFORCE;
import static dev.keycloakmcp.decision.EnforcementMode.REPORT;
import static dev.keycloakmcp.policy.Rank.GENERAL;
import static dev.keycloakmcp.policy.Rank.GUARD;
import static dev.keycloakmcp.policy.Rank.SPECIFIC;
import static dev.keycloakmcp.resource.Servers.BILLING;
import static dev.keycloakmcp.resource.Servers.CRM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.resource.McpServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Which of several verdicts on one request counts. */
class VerdictsTest {

    private static final Decision<Optional<TokenNarrowing>> UNBOUND = Decision.allow(Optional.empty());

    private static final TokenForm LONGER =
            new TokenForm(TokenForm.AudienceForm.RESOURCE_AND_CLIENT_ID, TokenForm.Profile.RFC9068);
    private static final TokenForm SHORTER = new TokenForm(TokenForm.AudienceForm.RESOURCE, TokenForm.Profile.KEYCLOAK);

    private static Verdict allow(Rank rank, EnforcementMode mode, McpServer server) {
        return new Verdict("rule", rank, mode, Decision.allow(Optional.of(TokenNarrowing.to(server))));
    }

    private static Verdict deny(Rank rank, EnforcementMode mode, ReasonCode reason) {
        return new Verdict("rule", rank, mode, Decision.deny(reason, "detail"));
    }

    private static TokenNarrowing requesting(String scope) {
        return TokenNarrowing.to(CRM).withRequestedScopes(Optional.of(Set.of(scope)));
    }

    private static Verdicts of(Verdict... verdicts) {
        return of(List.of(verdicts));
    }

    private static Verdicts of(List<Verdict> verdicts) {
        return new Verdicts(verdicts, Optional.empty(), Optional.empty());
    }

    private static Optional<ReasonCode> refusal(Verdicts verdicts) {
        return verdicts.refusal().map(Decision.Deny::reason);
    }

    private static Optional<McpServer> target(Verdicts verdicts) {
        return verdicts.narrowing().map(TokenNarrowing::server);
    }

    private static Optional<Outcome> published(Verdicts verdicts) {
        return verdicts.published().map(Verdict::outcome);
    }

    @Test
    void without_a_verdict_nothing_happens() {
        assertThat(Verdicts.NONE.isEmpty()).isTrue();
        assertThat(refusal(Verdicts.NONE)).isEmpty();
        assertThat(target(Verdicts.NONE)).isEmpty();
        assertThat(Verdicts.NONE.published()).isEmpty();
        assertThat(Verdicts.NONE.isGoverned()).isFalse();
        assertThat(Verdicts.NONE.isEnforced()).isFalse();
    }

    @Test
    void a_specific_policy_supersedes_a_general_one() {
        Verdicts verdicts = of(deny(GENERAL, ENFORCE, ReasonCode.RESOURCE_UNKNOWN), allow(SPECIFIC, ENFORCE, CRM));
        assertThat(refusal(verdicts)).isEmpty();
        assertThat(target(verdicts)).contains(CRM);
        assertThat(verdicts.isEmpty()).isFalse();
        assertThat(verdicts.isGoverned()).isTrue();
        assertThat(verdicts.isEnforced()).isTrue();
        assertThat(published(verdicts)).contains(Outcome.ALLOW);
    }

    @Test
    void one_deny_among_equals_is_enough() {
        Verdicts verdicts = of(deny(SPECIFIC, ENFORCE, ReasonCode.SCOPE_MISSING), allow(SPECIFIC, ENFORCE, CRM));
        assertThat(refusal(verdicts)).contains(ReasonCode.SCOPE_MISSING);
        assertThat(target(verdicts)).isEmpty();
        assertThat(published(verdicts)).contains(Outcome.DENY);
    }

    @Test
    void a_policy_in_report_mode_never_loosens_one_of_its_rank_that_is_enforced() {
        Verdicts verdicts = of(
                deny(SPECIFIC, REPORT, ReasonCode.SCOPE_MISSING),
                allow(SPECIFIC, ENFORCE, CRM),
                allow(SPECIFIC, REPORT, BILLING));
        assertThat(refusal(verdicts)).isEmpty();
        assertThat(target(verdicts)).contains(CRM);
        assertThat(published(verdicts)).contains(Outcome.WOULD_DENY);

        Verdicts denied = verdicts.with(deny(SPECIFIC, ENFORCE, ReasonCode.RESOURCE_UNKNOWN));
        assertThat(refusal(denied)).contains(ReasonCode.RESOURCE_UNKNOWN);
        assertThat(denied.published().map(verdict -> verdict.decision().reason()))
                .contains(ReasonCode.RESOURCE_UNKNOWN);
    }

    @Test
    void a_specific_policy_in_report_mode_never_loosens_a_general_one_that_is_enforced() {
        Verdicts verdicts = of(allow(SPECIFIC, REPORT, BILLING), allow(GENERAL, ENFORCE, CRM));
        assertThat(refusal(verdicts)).isEmpty();
        assertThat(target(verdicts)).contains(CRM);

        assertThat(refusal(verdicts.with(deny(GENERAL, ENFORCE, ReasonCode.RESOURCE_UNKNOWN))))
                .contains(ReasonCode.RESOURCE_UNKNOWN);
    }

    @Test
    void a_policy_that_only_reports_does_not_change_how_tokens_look() {
        Verdicts verdicts = of(allow(GENERAL, ENFORCE, CRM));
        verdicts = verdicts.with(LONGER, REPORT);
        assertThat(verdicts.narrowing().orElseThrow().form().includesClientId()).isTrue();
        verdicts = verdicts.with(TokenForm.DEFAULT, ENFORCE);
        assertThat(verdicts.narrowing().orElseThrow().form().includesClientId()).isFalse();
        verdicts = verdicts.with(LONGER, REPORT);
        assertThat(verdicts.narrowing().orElseThrow().form().includesClientId()).isFalse();
    }

    @Test
    void of_two_forms_the_audience_is_the_shorter_and_the_profile_the_stricter() {
        Verdicts verdicts = of(allow(GENERAL, ENFORCE, CRM));
        for (EnforcementMode mode : EnforcementMode.values()) {
            assertThat(verdicts.with(LONGER, mode)
                            .with(SHORTER, mode)
                            .narrowing()
                            .orElseThrow())
                    .isEqualTo(TokenNarrowing.to(CRM).with(TokenForm.DEFAULT))
                    .isEqualTo(verdicts.with(SHORTER, mode)
                            .with(LONGER, mode)
                            .narrowing()
                            .orElseThrow());
            assertThat(verdicts.with(LONGER, mode)
                            .with(LONGER, mode)
                            .narrowing()
                            .orElseThrow())
                    .isEqualTo(TokenNarrowing.to(CRM).with(LONGER));
            assertThat(verdicts.with(SHORTER, mode)
                            .with(SHORTER, mode)
                            .narrowing()
                            .orElseThrow())
                    .isEqualTo(TokenNarrowing.to(CRM).with(SHORTER));
        }
    }

    @Test
    void in_report_mode_the_request_goes_on_unchanged() {
        Verdicts verdicts = of(deny(SPECIFIC, REPORT, ReasonCode.SCOPE_MISSING), allow(GENERAL, REPORT, CRM));
        assertThat(refusal(verdicts)).isEmpty();
        assertThat(target(verdicts)).isEmpty();
        assertThat(verdicts.isGoverned()).isTrue();
        assertThat(verdicts.isEnforced()).isFalse();
        assertThat(published(verdicts)).contains(Outcome.WOULD_DENY);
        assertThat(target(of(allow(GENERAL, REPORT, CRM)))).isEmpty();
        assertThat(published(of(allow(GENERAL, REPORT, CRM)))).contains(Outcome.ALLOW);
    }

    @Test
    void a_deny_that_is_superseded_is_not_published() {
        Verdicts verdicts = of(deny(GENERAL, REPORT, ReasonCode.SCOPE_MISSING), allow(SPECIFIC, REPORT, CRM));
        assertThat(published(verdicts)).contains(Outcome.ALLOW);
    }

    @Test
    void a_guard_refuses_whatever_the_others_say() {
        Verdicts verdicts =
                of(allow(SPECIFIC, ENFORCE, CRM), deny(GUARD, ENFORCE, ReasonCode.CREDENTIAL_METHOD_NOT_ALLOWED));
        assertThat(refusal(verdicts)).contains(ReasonCode.CREDENTIAL_METHOD_NOT_ALLOWED);
        assertThat(target(verdicts)).isEmpty();
    }

    @Test
    void a_guard_that_is_content_or_only_reports_changes_nothing() {
        Verdicts verdicts = of(
                allow(GENERAL, ENFORCE, CRM),
                new Verdict("rule", GUARD, ENFORCE, UNBOUND),
                deny(GUARD, REPORT, ReasonCode.CREDENTIAL_METHOD_NOT_ALLOWED));
        assertThat(refusal(verdicts)).isEmpty();
        assertThat(target(verdicts)).contains(CRM);
        assertThat(published(verdicts)).contains(Outcome.WOULD_DENY);
    }

    @Test
    void a_guard_alone_narrows_nothing_and_leaves_the_request_ungoverned() {
        Verdicts verdicts = of(new Verdict("rule", GUARD, ENFORCE, UNBOUND));
        assertThat(refusal(verdicts)).isEmpty();
        assertThat(target(verdicts)).isEmpty();
        assertThat(verdicts.isGoverned()).isFalse();
        assertThat(verdicts.isEnforced()).isFalse();
        assertThat(verdicts.published()).isEmpty();
    }

    @Test
    void the_most_restrictive_of_equal_verdicts_counts() {
        Verdict longer = new Verdict(
                "a",
                SPECIFIC,
                ENFORCE,
                Decision.allow(Optional.of(TokenNarrowing.to(CRM).withMaxLifetime(300))));
        Verdict shorter = new Verdict(
                "b",
                SPECIFIC,
                ENFORCE,
                Decision.allow(Optional.of(TokenNarrowing.to(CRM).withMaxLifetime(60))));
        Verdict unbound = new Verdict("a", SPECIFIC, ENFORCE, UNBOUND);
        assertThat(of(longer, shorter, unbound).effective()).contains(shorter);
        assertThat(of(unbound, shorter, longer).effective()).contains(shorter);
    }

    private static Verdict bound(String rule, Rank rank, TokenNarrowing narrowing) {
        return new Verdict(rule, rank, ENFORCE, Decision.allow(Optional.of(narrowing)));
    }

    @Test
    void the_bounds_of_all_that_decide_hold() {
        TokenNarrowing brief = TokenNarrowing.to(CRM)
                .withMaxLifetime(60)
                .withRequestedScopes(Optional.of(Set.of("crm:read", "crm:write")))
                .with(TokenNarrowing.OfflineAccess.KEPT);
        TokenNarrowing narrow = requesting("crm:read").withMaxLifetime(300).with(TokenNarrowing.WhenEmpty.REFUSED);
        for (Verdicts verdicts : List.of(
                of(bound("a", SPECIFIC, brief), bound("b", SPECIFIC, narrow)),
                of(bound("b", SPECIFIC, narrow), bound("a", SPECIFIC, brief)))) {
            assertThat(verdicts.narrowing())
                    .contains(requesting("crm:read").withMaxLifetime(60).with(TokenNarrowing.WhenEmpty.REFUSED));
        }
    }

    @Test
    void bounds_for_another_server_of_another_rank_or_only_reported_do_not_join() {
        TokenNarrowing decisive = requesting("crm:read").withMaxLifetime(60);
        Verdicts verdicts = of(
                bound("a", SPECIFIC, decisive),
                bound("b", SPECIFIC, TokenNarrowing.to(BILLING).withMaxLifetime(300)),
                bound("c", GENERAL, requesting("crm:write").withMaxLifetime(10)),
                new Verdict(
                        "d",
                        SPECIFIC,
                        REPORT,
                        Decision.allow(Optional.of(requesting("crm:write").withMaxLifetime(10)))));
        assertThat(verdicts.narrowing()).contains(decisive);
    }

    @Test
    void offline_access_is_kept_where_all_that_decide_keep_it() {
        TokenNarrowing kept = TokenNarrowing.to(CRM).with(TokenNarrowing.OfflineAccess.KEPT);
        assertThat(of(bound("a", SPECIFIC, kept), bound("b", SPECIFIC, kept)).narrowing())
                .contains(kept);
        assertThat(of(bound("a", SPECIFIC, kept), bound("b", SPECIFIC, TokenNarrowing.to(CRM)))
                        .narrowing())
                .contains(TokenNarrowing.to(CRM));
    }

    @Test
    void an_allow_that_decides_is_turned_into_a_deny_of_its_policy() {
        Verdict allowed = new Verdict("b", SPECIFIC, ENFORCE, Decision.allow(Optional.of(TokenNarrowing.to(CRM))));
        Verdict general = new Verdict("a", GENERAL, ENFORCE, Decision.allow(Optional.of(TokenNarrowing.to(BILLING))));
        Verdicts verdicts = of(allowed, general).denied(ReasonCode.SCOPE_NOT_OWNED, "late");
        assertThat(verdicts.effective())
                .contains(new Verdict("b", SPECIFIC, ENFORCE, Decision.deny(ReasonCode.SCOPE_NOT_OWNED, "late")));
        assertThat(verdicts.denied(ReasonCode.RESOURCE_UNKNOWN, "later")).isEqualTo(verdicts);
        assertThat(Verdicts.NONE.denied(ReasonCode.RESOURCE_UNKNOWN, "late")).isEqualTo(Verdicts.NONE);
    }

    @Property
    void the_order_of_policies_never_matters(@ForAll("verdicts") List<Verdict> verdicts, @ForAll Random random) {
        List<Verdict> shuffled = new ArrayList<>(verdicts);
        Collections.shuffle(shuffled, random);
        Verdicts one = verdicts.stream().reduce(Verdicts.NONE, Verdicts::with, (a, b) -> b);
        Verdicts other = shuffled.stream().reduce(Verdicts.NONE, Verdicts::with, (a, b) -> b);
        assertThat(other).isEqualTo(one);
        assertThat(other.effective()).isEqualTo(one.effective());
        assertThat(other.published()).isEqualTo(one.published());
        assertThat(other.narrowing()).isEqualTo(one.narrowing());
    }

    @Property
    void another_enforced_allow_of_the_deciding_rank_never_widens_the_token(
            @ForAll("verdicts") List<Verdict> verdicts, @ForAll("verdict") Verdict verdict) {
        Verdicts before = of(verdicts);
        Verdicts after = before.with(new Verdict(verdict.rule(), SPECIFIC, ENFORCE, verdict.decision()));
        boolean specific =
                before.isEnforced() && before.effective().orElseThrow().rank() == SPECIFIC;
        if (specific
                && before.narrowing().isPresent()
                && after.narrowing().isPresent()
                && target(before).equals(target(after))) {
            TokenNarrowing narrower = after.narrowing().orElseThrow();
            TokenNarrowing wider = before.narrowing().orElseThrow();
            for (String scope : List.of("crm:read", "crm:write", "offline_access")) {
                assertThat(!narrower.mayAppear(scope) || wider.mayAppear(scope)).isTrue();
            }
            assertThat(narrower.expiry(1_000, 0)).isLessThanOrEqualTo(wider.expiry(1_000, 0));
        }
    }

    @Property
    void nothing_that_only_reports_decides_against_what_is_enforced(@ForAll("verdicts") List<Verdict> verdicts) {
        Verdicts all = of(verdicts);
        Verdicts enforced = of(verdicts.stream().filter(Verdict::isEnforced).toList());
        assertThat(all.refusal()).isEqualTo(enforced.refusal());
        assertThat(all.narrowing()).isEqualTo(enforced.narrowing());
        if (enforced.effective().isPresent()) {
            assertThat(all.effective()).isEqualTo(enforced.effective());
        }
    }

    @Property
    void another_verdict_that_only_reports_never_changes_the_effective_one(
            @ForAll("verdicts") List<Verdict> verdicts, @ForAll("verdict") Verdict verdict) {
        Verdicts before = of(verdicts);
        Verdicts after = before.with(new Verdict(verdict.rule(), verdict.rank(), REPORT, verdict.decision()));
        assertThat(after.refusal()).isEqualTo(before.refusal());
        assertThat(after.narrowing()).isEqualTo(before.narrowing());
        if (before.isEnforced()) {
            assertThat(after.effective()).isEqualTo(before.effective());
        }
    }

    @Property
    void the_refusal_of_an_enforced_guard_always_wins(@ForAll("verdicts") List<Verdict> verdicts) {
        Verdict guard = deny(GUARD, ENFORCE, ReasonCode.SECRET_TOO_OLD);
        Verdicts guarded = of(verdicts).with(guard);
        assertThat(guarded.narrowing()).isEmpty();
        assertThat(guarded.refusal()).isPresent();
        assertThat(guarded.effective().orElseThrow().rank()).isEqualTo(GUARD);
    }

    @Property
    void a_final_refusal_is_one_whatever_policies_say_later(
            @ForAll("verdicts") List<Verdict> verdicts, @ForAll("verdicts") List<Verdict> later) {
        Verdicts before = of(verdicts);
        Verdicts settled = before.withFinalRefusal();
        assertThat(settled.refusal()).isEqualTo(before.refusal());
        assertThat(settled.narrowing()).isEqualTo(before.narrowing());
        if (before.refusal().isPresent()) {
            Verdicts after = settled;
            for (Verdict verdict : later) {
                after = after.with(verdict);
            }
            assertThat(after.refusal()).isPresent();
        }
    }

    @Property
    void an_enforced_deny_never_lets_more_through(
            @ForAll("verdicts") List<Verdict> verdicts, @ForAll("verdict") Verdict verdict) {
        Verdicts before = of(verdicts);
        Verdicts after = before.with(new Verdict(
                verdict.rule(), verdict.rank(), ENFORCE, Decision.deny(ReasonCode.RESOURCE_UNKNOWN, "detail")));
        if (before.refusal().isPresent()) {
            assertThat(after.refusal()).isPresent();
        }
    }

    @Property
    void what_is_published_is_a_deny_where_the_request_is_refused(@ForAll("verdicts") List<Verdict> verdicts) {
        Verdicts all = of(verdicts);
        assertThat(all.refusal().isPresent()).isEqualTo(published(all).equals(Optional.of(Outcome.DENY)));
    }

    @Provide
    Arbitrary<List<Verdict>> verdicts() {
        return verdict().list().ofMaxSize(6);
    }

    @Provide
    Arbitrary<Verdict> verdict() {
        return Combinators.combine(
                        Arbitraries.of("a", "b"),
                        Arbitraries.of(Rank.class),
                        Arbitraries.of(EnforcementMode.class),
                        decisions())
                .as(Verdict::new);
    }

    private static Arbitrary<Decision<Optional<TokenNarrowing>>> decisions() {
        return Arbitraries.of(
                UNBOUND,
                new Decision.Allow<>(Optional.empty(), ReasonCode.NOT_TARGETED),
                Decision.allow(Optional.of(TokenNarrowing.to(CRM))),
                Decision.allow(Optional.of(TokenNarrowing.to(BILLING))),
                Decision.allow(Optional.of(TokenNarrowing.to(CRM).withMaxLifetime(60))),
                Decision.allow(Optional.of(requesting("crm:read"))),
                Decision.allow(Optional.of(requesting("crm:write"))),
                Decision.deny(ReasonCode.RESOURCE_UNKNOWN, "one"),
                Decision.deny(ReasonCode.RESOURCE_UNKNOWN, "other"),
                Decision.deny(ReasonCode.SCOPE_MISSING, "one"));
    }

    @Test
    void a_verdict_that_only_reports_says_what_it_would_leave() {
        Verdicts verdicts = of(allow(GENERAL, REPORT, CRM));

        assertThat(verdicts.narrowing()).isEmpty();
        assertThat(verdicts.wouldNarrow()).contains(TokenNarrowing.to(CRM));
        assertThat(of(allow(GENERAL, ENFORCE, CRM)).wouldNarrow()).isEmpty();
        assertThat(of(deny(GENERAL, REPORT, ReasonCode.SCOPE_NOT_OWNED), allow(GENERAL, REPORT, CRM))
                        .wouldNarrow())
                .isEmpty();
        assertThat(of(allow(GENERAL, ENFORCE, CRM), allow(SPECIFIC, REPORT, BILLING))
                        .wouldNarrow())
                .contains(TokenNarrowing.to(BILLING));
        assertThat(of(allow(GENERAL, ENFORCE, CRM), allow(SPECIFIC, REPORT, CRM))
                        .wouldNarrow())
                .isEmpty();
    }

    @Test
    void the_form_that_would_be_is_that_of_all_policies() {
        Verdicts verdicts = new Verdicts(List.of(allow(GENERAL, REPORT, CRM)), Optional.empty(), Optional.of(LONGER));

        assertThat(verdicts.wouldNarrow().map(TokenNarrowing::form)).contains(LONGER);
        assertThat(verdicts.with(SHORTER, ENFORCE).wouldNarrow().map(TokenNarrowing::form))
                .contains(new TokenForm(TokenForm.AudienceForm.RESOURCE, TokenForm.Profile.RFC9068));
    }

    @Test
    void what_would_be_denied_later_is_told_by_the_policy_that_would_narrow() {
        Verdicts verdicts = of(allow(GENERAL, ENFORCE, CRM), allow(SPECIFIC, REPORT, BILLING))
                .wouldBeDenied(ReasonCode.SCOPE_NOT_OWNED, "detail");

        assertThat(published(verdicts)).contains(Outcome.WOULD_DENY);
        assertThat(verdicts.refusal()).isEmpty();
        assertThat(verdicts.narrowing()).contains(TokenNarrowing.to(CRM));
        assertThat(verdicts.wouldNarrow()).isEmpty();
        assertThat(Verdicts.NONE.wouldBeDenied(ReasonCode.SCOPE_NOT_OWNED, "detail"))
                .isEqualTo(Verdicts.NONE);
    }
}
