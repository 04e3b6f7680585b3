package dev.keycloakmcp.policy.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.policy.RealmPolicies.Component;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.clientpolicy.condition.AnyClientCondition;
import org.keycloak.services.clientpolicy.condition.ClientAccessTypeCondition;
import org.keycloak.services.clientpolicy.condition.ClientScopesCondition;

/** Keycloak's own conditions vote on a client without a request. */
class ClientConditionsTest {

    private static final ClientModel PUBLIC_CLIENT = (ClientModel) Proxy.newProxyInstance(
            ClientModel.class.getClassLoader(),
            new Class<?>[] {ClientModel.class},
            (proxy, method, arguments) -> switch (method.getName()) {
                case "isPublicClient" -> true;
                case "isBearerOnly" -> false;
                default -> throw new UnsupportedOperationException(method.getName());
            });

    private static KeycloakSession session() {
        return (KeycloakSession) Proxy.newProxyInstance(
                KeycloakSession.class.getClassLoader(),
                new Class<?>[] {KeycloakSession.class},
                (proxy, method, arguments) -> switch (String.valueOf(arguments[1])) {
                    case "any-client" -> new AnyClientCondition((KeycloakSession) proxy);
                    case "client-access-type" -> new ClientAccessTypeCondition((KeycloakSession) proxy);
                    case "client-scopes" -> new ClientScopesCondition((KeycloakSession) proxy);
                    default -> null;
                });
    }

    private static Optional<Boolean> vote(String condition, Map<String, Object> configuration) {
        return new ClientConditions(session(), PUBLIC_CLIENT).apply(new Component(condition, configuration));
    }

    @Test
    void conditions_on_the_client_vote() {
        assertThat(vote("any-client", Map.of())).contains(true);
        assertThat(vote("client-access-type", Map.of("type", List.of("public"))))
                .contains(true);
        assertThat(vote("client-access-type", Map.of("type", List.of("confidential"))))
                .contains(false);
    }

    @Test
    void negative_logic_turns_the_vote_around() {
        assertThat(vote("any-client", Map.of("is-negative-logic", true))).contains(false);
        assertThat(vote("client-access-type", Map.of("type", List.of("confidential"), "is-negative-logic", true)))
                .contains(true);
    }

    @Test
    void conditions_on_the_request_abstain_and_unknown_ones_never_match() {
        assertThat(vote("client-scopes", Map.of("scopes", List.of("a"), "type", "Any")))
                .isEmpty();
        assertThat(vote("gone", Map.of())).contains(false);
    }
}
