package dev.keycloakmcp.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProtectedClaimsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sub",
                "act",
                "may_act",
                "cnf",
                "acr",
                "amr",
                "auth_time",
                "sid",
                "session_state",
                "nonce",
                "jti",
                "azp",
                "client_id"
            })
    void what_restricts_proves_or_identifies_stays(String claim) {
        assertThat(ProtectedClaims.holds(claim)).isTrue();
        assertThat(ProtectedClaims.names()).contains(claim);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aud",
                "scope",
                "realm_access",
                "resource_access",
                "mcp_resource",
                "email",
                "name",
                "groups",
                "preferred_username",
                "organization",
                "authorization_details",
                "exp",
                ""
            })
    void what_widens_or_tells_about_a_person_does_not(String claim) {
        assertThat(ProtectedClaims.holds(claim)).isFalse();
        assertThat(ProtectedClaims.names()).doesNotContain(claim);
    }
}
