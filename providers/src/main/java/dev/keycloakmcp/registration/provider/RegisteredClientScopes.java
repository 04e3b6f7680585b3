package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.registration.AvailableScopes;
import dev.keycloakmcp.registration.RegistrationPolicy;
import dev.keycloakmcp.resource.McpServer;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
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
import org.keycloak.services.clientregistration.policy.RegistrationAuth;

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

    /**
     * Adds what an MCP client may ask for to what is assigned to it.
     *
     * @param assigned the optional client scopes
     * @param byDefault the default client scopes, which are not asked for
     */
    Map<String, ClientScopeModel> optional(
            ClientModel client, Map<String, ClientScopeModel> assigned, Map<String, ClientScopeModel> byDefault) {
        Optional<RegistrationPolicy> policy = policyOf(client);
        if (policy.isEmpty()) {
            return assigned;
        }
        Map<String, ClientScopeModel> known = scopes();
        Map<String, ClientScopeModel> optional = new HashMap<>(assigned);
        AvailableScopes available = of(policy.get());
        // what the realm made a default scope after the client registered
        Stream.concat(available.optional().stream(), available.defaults().stream())
                .filter(name -> !byDefault.containsKey(name))
                .forEach(name -> optional.computeIfAbsent(name, known::get));
        return optional;
    }

    /** A scope that some registered clients of the realm may ask for. */
    Optional<ClientScopeModel> ofAnyone(String name) {
        return Arrays.stream(RegistrationAuth.values())
                .flatMap(kind -> RegistrationConfiguration.of(realm, kind).stream())
                .map(configuration -> of(configuration.policy()))
                .filter(available -> available.serves(List.of(name)))
                .findFirst()
                .map(available -> scopes().get(name));
    }

    /** URIs of the servers that an MCP client may ask tokens for; absent where the policy leaves it to the scopes. */
    Optional<List<String>> resources(ClientModel client) {
        return policyOf(client)
                .filter(policy -> !policy.allowedResources().isEmpty())
                .map(policy -> session.getProvider(McpServerRegistry.class).servers(realm).all().stream()
                        .filter(policy::allows)
                        .map(McpServer::resourceUrl)
                        .toList());
    }

    private Optional<RegistrationPolicy> policyOf(ClientModel client) {
        return Provenance.rulesOf(realm, client)
                .flatMap(kind -> RegistrationConfiguration.of(realm, kind))
                .map(RegistrationConfiguration::policy);
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
