package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.registration.AvailableScopes;
import dev.keycloakmcp.registration.RegistrationPolicy;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;

/**
 * The scopes that registered clients may ask for now: they follow the MCP servers and the policy of the realm, and are
 * stored with no client.
 */
final class RegisteredClientScopes {

    private final KeycloakSession session;
    private final RealmModel realm;

    RegisteredClientScopes(KeycloakSession session, RealmModel realm) {
        this.session = session;
        this.realm = realm;
    }

    AvailableScopes of(RegistrationPolicy policy) {
        return AvailableScopes.of(
                policy,
                session.getProvider(McpServerRegistry.class).servers(realm),
                scopes().keySet(),
                names(realm.getDefaultClientScopesStream(true)));
    }

    /** Adds what an MCP client may ask for to what is assigned to it. */
    Map<String, ClientScopeModel> optional(ClientModel client, Map<String, ClientScopeModel> assigned) {
        Optional<RegistrationPolicy> policy = Provenance.rulesOf(client)
                .flatMap(kind -> RegistrationConfiguration.of(realm, kind))
                .map(RegistrationConfiguration::policy);
        if (policy.isEmpty()) {
            return assigned;
        }
        Map<String, ClientScopeModel> known = scopes();
        Map<String, ClientScopeModel> optional = new HashMap<>(assigned);
        of(policy.get()).optional().forEach(name -> optional.computeIfAbsent(name, known::get));
        return optional;
    }

    private Map<String, ClientScopeModel> scopes() {
        return ofProtocol(realm.getClientScopesStream())
                .collect(Collectors.toMap(ClientScopeModel::getName, scope -> scope, (one, other) -> one));
    }

    private static Set<String> names(Stream<ClientScopeModel> scopes) {
        return ofProtocol(scopes).map(ClientScopeModel::getName).collect(Collectors.toSet());
    }

    private static Stream<ClientScopeModel> ofProtocol(Stream<ClientScopeModel> scopes) {
        return scopes.filter(scope -> OIDCLoginProtocol.LOGIN_PROTOCOL.equals(scope.getProtocol()));
    }
}
