package dev.keycloakmcp.actor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExchangeRouteTest {

    @ParameterizedTest
    @CsvSource({
        "STANDARD, false, false, MCP",
        "STANDARD, true, true, MCP",
        "BUILT_ON_STANDARD, false, false, MCP",
        "BUILT_ON_STANDARD, false, true, MCP",
        "BUILT_ON_STANDARD, true, false, MCP",
        "BUILT_ON_STANDARD, true, true, KEYCLOAK_DELEGATION",
        "OTHER, false, false, UNAWARE_OF_ACTORS",
        "OTHER, true, true, UNAWARE_OF_ACTORS"
    })
    void only_a_policy_and_an_actor_token_together_leave_it_to_keycloak(
            ExchangeRoute.Keycloak keycloak, boolean leftToKeycloak, boolean actorTokenSent, ExchangeRoute route) {
        assertThat(ExchangeRoute.of(keycloak, leftToKeycloak, actorTokenSent)).isEqualTo(route);
    }
}
