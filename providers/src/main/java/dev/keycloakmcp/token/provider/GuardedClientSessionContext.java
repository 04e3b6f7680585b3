package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.provider.DelegationClaims;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.RoleModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.rar.AuthorizationRequestContext;

/** A client session with one more mapper, the last, which takes away what others say about actors. */
final class GuardedClientSessionContext implements ClientSessionContext {

    private final ClientSessionContext unguarded;

    GuardedClientSessionContext(ClientSessionContext unguarded) {
        this.unguarded = unguarded;
    }

    private static ProtocolMapperModel guard() {
        ProtocolMapperModel guard = new ProtocolMapperModel();
        guard.setName("guard");
        guard.setProtocol(OIDCLoginProtocol.LOGIN_PROTOCOL);
        guard.setProtocolMapper(DelegationClaims.ACTOR_MAPPER);
        guard.setConfig(Map.of(DelegationClaims.GUARD, Boolean.TRUE.toString()));
        return guard;
    }

    @Override
    public Stream<ProtocolMapperModel> getProtocolMappersStream() {
        // In the order of a list, as mappers of one priority keep theirs.
        List<ProtocolMapperModel> configured =
                unguarded.getProtocolMappersStream().toList();
        return Stream.concat(configured.stream(), Stream.of(guard()));
    }

    @Override
    public AuthenticatedClientSessionModel getClientSession() {
        return unguarded.getClientSession();
    }

    @Override
    public Set<String> getClientScopeIds() {
        return unguarded.getClientScopeIds();
    }

    @Override
    public Stream<ClientScopeModel> getClientScopesStream() {
        return unguarded.getClientScopesStream();
    }

    @Override
    public boolean isOfflineTokenRequested() {
        return unguarded.isOfflineTokenRequested();
    }

    @Override
    public Stream<RoleModel> getRolesStream() {
        return unguarded.getRolesStream();
    }

    @Override
    public String getScopeString() {
        return unguarded.getScopeString();
    }

    @Override
    public String getScopeString(boolean ignoreIncludeInTokenScope) {
        return unguarded.getScopeString(ignoreIncludeInTokenScope);
    }

    @Override
    public void setAttribute(String name, @Nullable Object value) {
        unguarded.setAttribute(name, value);
    }

    @Override
    public <T> T getAttribute(String attribute, Class<T> clazz) {
        return unguarded.getAttribute(attribute, clazz);
    }

    @Override
    public AuthorizationRequestContext getAuthorizationRequestContext() {
        return unguarded.getAuthorizationRequestContext();
    }
}
