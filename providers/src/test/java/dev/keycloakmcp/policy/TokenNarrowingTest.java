package dev.keycloakmcp.policy;

import static dev.keycloakmcp.resource.Servers.CRM;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TokenNarrowingTest {

    private static TokenNarrowing narrowing(Optional<Set<String>> requested, boolean offlineAccess) {
        return new TokenNarrowing(CRM, requested, offlineAccess, false, true, false, OptionalInt.empty());
    }

    private static TokenNarrowing lifetime(OptionalInt seconds) {
        return new TokenNarrowing(CRM, Optional.empty(), true, false, true, false, seconds);
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
        TokenNarrowing withClientId = narrowing.withForm(true, false);
        assertThat(withClientId.audience()).containsExactly(CRM.resourceUrl(), CRM.clientId());
        assertThat(withClientId.rfc9068()).isFalse();
        assertThat(withClientId.withForm(false, true)).isEqualTo(narrowing);
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
