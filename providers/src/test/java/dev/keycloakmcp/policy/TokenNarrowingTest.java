package dev.keycloakmcp.policy;

import static dev.keycloakmcp.resource.Servers.CRM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.policy.TokenNarrowing.OfflineAccess;
import dev.keycloakmcp.policy.TokenNarrowing.WhenEmpty;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TokenNarrowingTest {

    private static TokenNarrowing narrowing(Optional<Set<String>> requested, boolean offlineAccess) {
        return TokenNarrowing.to(CRM)
                .withRequestedScopes(requested)
                .with(offlineAccess ? OfflineAccess.KEPT : OfflineAccess.DROPPED);
    }

    private static TokenNarrowing lifetime(OptionalInt seconds) {
        return seconds.isPresent()
                ? TokenNarrowing.to(CRM).withMaxLifetime(seconds.getAsInt())
                : TokenNarrowing.to(CRM);
    }

    @Test
    void begins_with_the_least() {
        TokenNarrowing least = TokenNarrowing.to(CRM);
        assertThat(least).isEqualTo(narrowing(Optional.empty(), false));
        assertThat(least.requestedScopes()).isEmpty();
        assertThat(least.whenEmpty()).isEqualTo(WhenEmpty.ISSUED);
        assertThat(least.maxLifetimeSeconds()).isEmpty();
        assertThat(least.form().includesClientId()).isFalse();
        assertThat(least.form().isRfc9068()).isTrue();
    }

    @Test
    void who_signs_in_without_a_scope_of_the_server_gets_those_that_it_owns() {
        TokenNarrowing others = TokenNarrowing.to(CRM).withScopesOrDefaults(Optional.of(Set.of("openid", "profile")));
        assertThat(others.mayAppear("crm:read")).isTrue();
        assertThat(others.mayAppear("profile")).isFalse();
        assertThat(others.requestedScopes().orElseThrow()).contains("openid", "profile");

        TokenNarrowing one = TokenNarrowing.to(CRM).withScopesOrDefaults(Optional.of(Set.of("openid", "crm:write")));
        assertThat(one.mayAppear("crm:write")).isTrue();
        assertThat(one.mayAppear("crm:read")).isFalse();

        assertThat(TokenNarrowing.to(CRM).withScopesOrDefaults(Optional.empty()))
                .isEqualTo(TokenNarrowing.to(CRM));
    }

    @Test
    void each_bound_leaves_the_others_as_they_are() {
        TokenForm form = new TokenForm(TokenForm.AudienceForm.RESOURCE_AND_CLIENT_ID, TokenForm.Profile.KEYCLOAK);
        TokenNarrowing all = TokenNarrowing.to(CRM)
                .withRequestedScopes(Optional.of(Set.of("crm:read")))
                .with(OfflineAccess.KEPT)
                .with(WhenEmpty.REFUSED)
                .with(form)
                .withMaxLifetime(60);
        assertThat(all)
                .isEqualTo(TokenNarrowing.to(CRM)
                        .withMaxLifetime(60)
                        .with(form)
                        .with(WhenEmpty.REFUSED)
                        .with(OfflineAccess.KEPT)
                        .withRequestedScopes(Optional.of(Set.of("crm:read"))));
        assertThat(all.server()).isEqualTo(CRM);
        assertThat(all.requestedScopes()).contains(Set.of("crm:read"));
        assertThat(all.mayAppear("offline_access")).isTrue();
        assertThat(all.whenEmpty()).isEqualTo(WhenEmpty.REFUSED);
        assertThat(all.form()).isEqualTo(form);
        assertThat(all.maxLifetimeSeconds()).hasValue(60);
    }

    @Test
    void keeps_the_requested_scopes_of_the_server_and_nothing_else() {
        TokenNarrowing narrowing = narrowing(Optional.of(Set.of("crm:read", "billing:read", "profile")), true);
        assertThat(narrowing.keeps("crm:read", true)).isTrue();
        assertThat(narrowing.keeps("crm:write", true)).isFalse();
        assertThat(narrowing.keeps("billing:read", true)).isFalse();
        assertThat(narrowing.keeps("profile", true)).isFalse();
    }

    @Test
    void without_a_request_keeps_what_the_server_owns() {
        TokenNarrowing narrowing = narrowing(Optional.empty(), true);
        assertThat(narrowing.keeps("crm:write", true)).isTrue();
        assertThat(narrowing.keeps("profile", true)).isFalse();
    }

    @Test
    void scopes_that_only_carry_mappers_take_part_but_do_not_appear() {
        TokenNarrowing narrowing = narrowing(Optional.empty(), true);
        assertThat(narrowing.keeps("basic", false)).isTrue();
        assertThat(narrowing.mayAppear("basic")).isFalse();
    }

    @Test
    void openid_stays_and_offline_access_where_it_is_allowed() {
        assertThat(narrowing(Optional.of(Set.of()), true).keeps("openid", true)).isTrue();
        assertThat(narrowing(Optional.of(Set.of()), true).keeps("offline_access", true))
                .isTrue();
        assertThat(narrowing(Optional.of(Set.of()), false).keeps("offline_access", true))
                .isFalse();
    }

    @Test
    void the_scope_claim_keeps_its_order_and_loses_what_may_not_appear() {
        assertThat(narrowing(Optional.empty(), false)
                        .scopeClaim(" openid profile  crm:write offline_access crm:read crm:read "))
                .isEqualTo("openid crm:write crm:read");
        assertThat(narrowing(Optional.empty(), false).scopeClaim("")).isEmpty();
    }

    @Test
    void knows_whether_a_grant_holds_anything_of_the_server() {
        TokenNarrowing narrowing = narrowing(Optional.of(Set.of("crm:read")), true);
        assertThat(narrowing.grantsAnythingIn("openid crm:read")).isTrue();
        assertThat(narrowing.grantsAnythingIn("openid crm:write")).isFalse();
        assertThat(narrowing.grantsAnythingIn("openid offline_access")).isFalse();
        assertThat(narrowing.grantsAnythingIn("")).isFalse();
    }

    @Test
    void the_audience_is_the_uri_as_registered() {
        TokenNarrowing narrowing = narrowing(Optional.empty(), true);
        assertThat(narrowing.audience()).containsExactly(CRM.resourceUrl());
        TokenNarrowing withClientId = narrowing.with(
                new TokenForm(TokenForm.AudienceForm.RESOURCE_AND_CLIENT_ID, TokenForm.Profile.KEYCLOAK));
        assertThat(withClientId.audience()).containsExactly(CRM.resourceUrl(), CRM.clientId());
        assertThat(withClientId.form().isRfc9068()).isFalse();
        assertThat(withClientId.with(TokenForm.DEFAULT)).isEqualTo(narrowing);
    }

    @Test
    void a_lifetime_is_capped_and_never_extended() {
        assertThat(lifetime(OptionalInt.of(300)).expiry(10_000, 1_000)).isEqualTo(1_300);
        assertThat(lifetime(OptionalInt.of(300)).expiry(1_200, 1_000)).isEqualTo(1_200);
        assertThat(lifetime(OptionalInt.of(300)).expiry(0, 1_000)).isEqualTo(1_300);
        assertThat(lifetime(OptionalInt.empty()).expiry(10_000, 1_000)).isEqualTo(10_000);
    }

    @Property
    void narrowing_twice_is_narrowing_once(@ForAll String scope, @ForAll Set<String> requested) {
        TokenNarrowing narrowing = narrowing(Optional.of(requested), true);
        String once = narrowing.scopeClaim(scope);
        assertThat(narrowing.scopeClaim(once)).isEqualTo(once);
    }
}
