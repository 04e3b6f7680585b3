package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.resource.McpServer;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.RealmModel;

/**
 * The scopes that may show in a token which is bound to an MCP server.
 *
 * @param server the target of the token
 */
record BoundScopes(RealmModel realm, McpServer server) {

    /** Mappers that add the roles of the user, of which a bound token holds those at the MCP server. */
    private static final Set<String> ROLE_MAPPERS = Set.of(
            "oidc-usermodel-realm-role-mapper", "oidc-usermodel-client-role-mapper", "oidc-audience-resolve-mapper");

    /**
     * A bound token holds the server's scopes, and what those without a name add, and the client's own mappers; offline
     * access is for any server.
     */
    boolean mayContribute(ClientScopeModel scope) {
        return scope instanceof ClientModel
                || OAuth2Constants.OFFLINE_ACCESS.equals(scope.getName())
                || server.owns(scope.getName())
                || addsWithoutName(scope);
    }

    private boolean addsWithoutName(ClientScopeModel scope) {
        return !scope.isIncludeInTokenScope() && (hasRoles() || !addsRolesOnly(scope));
    }

    private boolean hasRoles() {
        @Nullable ClientModel client = realm.getClientById(server.id());
        return client != null && client.getRolesStream(0, 1).findAny().isPresent();
    }

    private static boolean addsRolesOnly(ClientScopeModel scope) {
        List<String> mappers = scope.getProtocolMappersStream()
                .map(ProtocolMapperModel::getProtocolMapper)
                .toList();
        return !mappers.isEmpty() && ROLE_MAPPERS.containsAll(mappers);
    }
}
