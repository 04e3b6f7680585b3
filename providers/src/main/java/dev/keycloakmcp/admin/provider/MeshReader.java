package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.ClientState;
import dev.keycloakmcp.admin.MeshState;
import dev.keycloakmcp.admin.ScopeState;
import dev.keycloakmcp.admin.ServerFacts;
import dev.keycloakmcp.policy.provider.ClientOrigin;
import dev.keycloakmcp.policy.provider.GrantsOfClient;
import dev.keycloakmcp.policy.provider.RealmActors;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.authorization.AuthorizationProvider;
import org.keycloak.common.Profile;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;

/** Reads what there is of one MCP server or agent, and of what stands beside it. */
final class MeshReader {

    private static final String ASSIGNED = """
            select distinct s.name from ClientScopeClientMappingEntity m, ClientScopeEntity s
            where s.id = m.clientScopeId and s.id in (:ids)
            """;

    private final KeycloakSession session;
    private final RealmModel realm;

    MeshReader(AdminRequest request) {
        this.session = request.session();
        this.realm = request.realm();
    }

    /** The state for a client and these scopes besides those that it has as an MCP server. */
    MeshState read(String clientId, Collection<String> scopes) {
        List<ServerFacts> servers = new InventoryReader(session).servers(realm);
        Set<String> names = new HashSet<>(scopes);
        servers.stream()
                .filter(server -> server.clientId().equals(clientId))
                .forEach(server -> names.addAll(server.scopes()));
        Map<String, ClientScopeModel> known = scopes(names);
        return new MeshState(
                client(clientId).map(this::clientState),
                clientId.indexOf('\0') < 0 && new RealmActors(session).isOfAccount(clientId),
                known.values().stream().collect(Collectors.toMap(ClientScopeModel::getName, MeshReader::state)),
                servers,
                assigned(known.values()),
                defaults().collect(Collectors.toSet()));
    }

    Optional<ClientModel> client(String clientId) {
        // Not all databases can be asked for this character.
        return clientId.indexOf('\0') >= 0
                ? Optional.empty()
                : Optional.ofNullable(realm.getClientByClientId(clientId));
    }

    /** The client scopes of these names. */
    Map<String, ClientScopeModel> scopes(Collection<String> names) {
        return realm.getClientScopesStream()
                .filter(scope -> names.contains(scope.getName()))
                .collect(Collectors.toMap(ClientScopeModel::getName, scope -> scope, (one, other) -> one));
    }

    private ClientState clientState(ClientModel client) {
        return new ClientState(
                ClientOrigin.isSelfDeclared(client),
                isOpenId(client.getProtocol()),
                !client.isPublicClient() && !client.isBearerOnly(),
                client.isServiceAccountsEnabled(),
                GrantsOfClient.signPeopleIn(client) || GrantsOfClient.exchangeTokens(client),
                authorizes(client),
                client.isBearerOnly()
                        || client.getRolesStream().findAny().isPresent()
                        || client.getProtocolMappersStream().findAny().isPresent(),
                Objects.requireNonNullElse(client.getClientAuthenticatorType(), ""),
                client.getAttributes(),
                Stream.concat(
                                client.getClientScopes(true).keySet().stream(),
                                client.getClientScopes(false).keySet().stream())
                        .collect(Collectors.toSet()));
    }

    private boolean authorizes(ClientModel client) {
        return Profile.isFeatureEnabled(Profile.Feature.AUTHORIZATION)
                && session.getProvider(AuthorizationProvider.class)
                                .getStoreFactory()
                                .getResourceServerStore()
                                .findByClient(client)
                        != null;
    }

    private static ScopeState state(ClientScopeModel scope) {
        return new ScopeState(
                isOpenId(scope.getProtocol()),
                scope.isIncludeInTokenScope(),
                Objects.requireNonNullElse(scope.getConsentScreenText(), ""),
                scope.getProtocolMappersStream().findAny().isEmpty()
                        && scope.getScopeMappingsStream().findAny().isEmpty());
    }

    private static boolean isOpenId(String protocol) {
        return protocol == null || OIDCLoginProtocol.LOGIN_PROTOCOL.equals(protocol);
    }

    private Set<String> assigned(Collection<ClientScopeModel> scopes) {
        if (scopes.isEmpty()) {
            return Set.of();
        }
        Set<String> assigned = new HashSet<>(session.getProvider(JpaConnectionProvider.class)
                .getEntityManager()
                .createQuery(ASSIGNED, String.class)
                .setParameter(
                        "ids", scopes.stream().map(ClientScopeModel::getId).toList())
                .getResultList());
        defaults().forEach(assigned::add);
        return assigned;
    }

    private Stream<String> defaults() {
        return Stream.of(true, false)
                .flatMap(realm::getDefaultClientScopesStream)
                .map(ClientScopeModel::getName);
    }
}
