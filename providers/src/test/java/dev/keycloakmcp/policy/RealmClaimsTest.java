package dev.keycloakmcp.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RealmClaimsTest {

    @ParameterizedTest
    @ValueSource(strings = {"iss", "azp", "sid", "jti", "typ", "iat", "exp", "nbf"})
    void nobodyMapsWhatKeycloakSaysOfItself(String claim) {
        assertThat(RealmClaims.areKeycloaks(claim)).isTrue();
        assertThat(RealmClaims.areNoClients(claim)).isTrue();
        assertThat(RealmClaims.keycloaks()).contains(claim);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sub",
                "aud",
                "client_id",
                "scope",
                "scp",
                "act",
                "may_act",
                "cnf",
                "acr",
                "resource_access",
                "mcp_resource"
            })
    void administratorsMapWhatNoClientMayMap(String claim) {
        assertThat(RealmClaims.areKeycloaks(claim)).isFalse();
        assertThat(RealmClaims.areNoClients(claim)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"email", "family_name", "department", "groups", ""})
    void everybodyMapsDataAboutPeople(String claim) {
        assertThat(RealmClaims.areNoClients(claim)).isFalse();
    }
}
