package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.policy.provider.McpConsentNote;
import dev.keycloakmcp.resource.McpServer;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.protocol.oidc.grants.device.DeviceGrantType;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * The scopes of a login that may show in a token for one MCP server.
 *
 * @param server the target of the login
 */
record BoundScopes(AuthenticationSessionModel login, McpServer server) {

    /** Mappers that add the roles of the user, of which a bound token holds those at the MCP server. */
    private static final Set<String> ROLE_MAPPERS = Set.of(
            "oidc-usermodel-realm-role-mapper", "oidc-usermodel-client-role-mapper", "oidc-audience-resolve-mapper");

    /**
     * Where a policy binds the token to the MCP server, it holds the server's scopes, and what those without a name add, and
     * the client's own mappers. ID tokens that do not come from the token endpoint hold everything.
     */
    boolean mayContribute(ClientScopeModel scope) {
        return !isBound()
                || scope instanceof ClientModel
                || server.owns(scope.getName())
                || !scope.isIncludeInTokenScope() && (hasRoles() || !addsRolesOnly(scope));
    }

    /** A device has a server here only if a policy binds it to that. */
    private boolean isBound() {
        return login.getClientNote(DeviceGrantType.OAUTH2_DEVICE_VERIFIED_USER_CODE) != null
                || McpConsentNote.isSet(login)
                        && OAuth2Constants.CODE.equals(login.getClientNote(OIDCLoginProtocol.RESPONSE_TYPE_PARAM));
    }

    private boolean hasRoles() {
        @Nullable ClientModel client = login.getRealm().getClientById(server.id());
        return client != null && client.getRolesStream(0, 1).findAny().isPresent();
    }

    private static boolean addsRolesOnly(ClientScopeModel scope) {
        List<String> mappers = scope.getProtocolMappersStream()
                .map(ProtocolMapperModel::getProtocolMapper)
                .toList();
        return !mappers.isEmpty() && ROLE_MAPPERS.containsAll(mappers);
    }
}
