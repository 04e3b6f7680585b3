package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.registration.AvailableScopes;
import dev.keycloakmcp.registration.OfferedScopes;
import dev.keycloakmcp.registration.RegistrationPolicy;
import dev.keycloakmcp.resource.McpServer;
import dev.keycloakmcp.resource.McpServers;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import dev.keycloakmcp.support.provider.PerRequest;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.services.clientregistration.policy.RegistrationAuth;

/**
 * The scopes that registered clients may ask for now: they follow the MCP servers and the policy of the realm, and are
 * stored with no client. Keycloak asks for each scope that a request names, so they are worked out once per request.
 */
final class RegisteredClientScopes {

    /** Those of the realms that a request looks at. */
    private static final class OfRequest {
        private final Map<String, RegisteredClientScopes> byRealm = new HashMap<>();
    }

    /** The realm as it was when the scopes were worked out, and what came of it. */
    private record Offer(
            McpServers servers,
            Map<String, ClientScopeModel> known,
            Set<String> defaults,
            OfferedScopes<RegistrationAuth> scopes) {

        AvailableScopes of(RegistrationPolicy policy) {
            return AvailableScopes.of(policy, servers, known.keySet(), defaults);
        }
    }

    private final KeycloakSession session;
    private final RealmModel realm;
    private @Nullable Offer last;

    private RegisteredClientScopes(KeycloakSession session, RealmModel realm) {
        this.session = session;
        this.realm = realm;
    }

    static RegisteredClientScopes of(KeycloakSession session, RealmModel realm) {
        return PerRequest.get(session, OfRequest.class, any -> new OfRequest())
                .byRealm
                .computeIfAbsent(realm.getId(), id -> new RegisteredClientScopes(session, realm));
    }

    AvailableScopes of(RegistrationPolicy policy) {
        return offer().of(policy);
    }

    /**
     * Adds what an MCP client may ask for to what is assigned to it.
     *
     * @param assigned the optional client scopes
     * @param byDefault the default client scopes, which are not asked for
     */
    Map<String, ClientScopeModel> optional(
            ClientModel client, Map<String, ClientScopeModel> assigned, Map<String, ClientScopeModel> byDefault) {
        Offer offer = offer();
        Optional<AvailableScopes> available = Provenance.rulesOf(realm, client).flatMap(offer.scopes()::of);
        if (available.isEmpty()) {
            return assigned;
        }
        Map<String, ClientScopeModel> optional = new HashMap<>(assigned);
        // what the realm made a default scope after the client registered
        Stream.of(available.get().optional(), available.get().defaults())
                .flatMap(Collection::stream)
                .filter(name -> !byDefault.containsKey(name))
                .forEach(name -> optional.computeIfAbsent(name, offer.known()::get));
        return optional;
    }

    /** A scope that some registered clients of the realm may ask for. */
    Optional<ClientScopeModel> ofAnyone(String name) {
        Offer offer = offer();
        return Optional.ofNullable(offer.known().get(name))
                .filter(scope -> offer.scopes().isOfAnyone(name));
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

    /** The policy that an MCP client goes by. */
    Optional<RegistrationPolicy> policyOf(ClientModel client) {
        return Provenance.rulesOf(realm, client).flatMap(this::policy);
    }

    /** Worked out again where the transaction changed a server meanwhile. */
    private Offer offer() {
        McpServers servers = session.getProvider(McpServerRegistry.class).servers(realm);
        Offer offer = last;
        if (offer == null || offer.servers() != servers) {
            offer = offer(servers);
            last = offer;
        }
        return offer;
    }

    private Offer offer(McpServers servers) {
        Map<String, ClientScopeModel> known = ofProtocol(realm.getClientScopesStream())
                .collect(Collectors.toMap(ClientScopeModel::getName, scope -> scope, (one, other) -> one));
        Set<String> defaults = ofProtocol(realm.getDefaultClientScopesStream(true))
                .map(ClientScopeModel::getName)
                .collect(Collectors.toSet());
        return new Offer(
                servers, known, defaults, new OfferedScopes<>(EnumSet.allOf(RegistrationAuth.class), kind -> policy(
                                kind)
                        .map(policy -> AvailableScopes.of(policy, servers, known.keySet(), defaults))));
    }

    private Optional<RegistrationPolicy> policy(RegistrationAuth kind) {
        return RegistrationConfiguration.of(realm, kind).map(RegistrationConfiguration::policy);
    }

    private static Stream<ClientScopeModel> ofProtocol(Stream<ClientScopeModel> scopes) {
        return scopes.filter(scope -> OIDCLoginProtocol.LOGIN_PROTOCOL.equals(scope.getProtocol()));
    }
}
