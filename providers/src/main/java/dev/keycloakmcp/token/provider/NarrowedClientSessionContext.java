package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.support.provider.DelegatingClientSessionContext;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.RoleModel;
import org.keycloak.protocol.ProtocolMapperUtils;
import org.keycloak.protocol.oidc.TokenManager;

/** A client session of which only the scopes, mappers and roles of one MCP server take part in tokens. */
final class NarrowedClientSessionContext extends DelegatingClientSessionContext {

    private final KeycloakSession session;
    private final TokenNarrowing narrowing;
    private final Set<ClientScopeModel> kept;

    NarrowedClientSessionContext(KeycloakSession session, ClientSessionContext full, TokenNarrowing narrowing) {
        super(full);
        this.session = session;
        this.narrowing = narrowing;
        this.kept = full.getClientScopesStream().filter(this::keeps).collect(Collectors.toUnmodifiableSet());
    }

    private boolean keeps(ClientScopeModel scope) {
        // The client itself stands among its scopes and carries its own mappers.
        return scope instanceof ClientModel || narrowing.keeps(scope.getName(), scope.isIncludeInTokenScope());
    }

    @Override
    public Set<String> getClientScopeIds() {
        Set<String> dropped = super.getClientScopesStream()
                .filter(scope -> !keeps(scope))
                .map(ClientScopeModel::getId)
                .collect(Collectors.toSet());
        return super.getClientScopeIds().stream()
                .filter(id -> !dropped.contains(id))
                .collect(Collectors.toSet());
    }

    @Override
    public Stream<ClientScopeModel> getClientScopesStream() {
        return kept.stream();
    }

    @Override
    public boolean isOfflineTokenRequested() {
        return narrowing.mayAppear(TokenNarrowing.OFFLINE_ACCESS) && super.isOfflineTokenRequested();
    }

    @Override
    public Stream<RoleModel> getRolesStream() {
        return TokenManager.getAccess(
                        getClientSession().getUserSession().getUser(),
                        getClientSession().getClient(),
                        kept.stream())
                .stream()
                .filter(role -> role.isClientRole()
                        && role.getContainerId().equals(narrowing.server().id()));
    }

    @Override
    public Stream<ProtocolMapperModel> getProtocolMappersStream() {
        String protocol = getClientSession().getClient().getProtocol();
        return kept.stream()
                .flatMap(ClientScopeModel::getProtocolMappersStream)
                .filter(mapper -> Objects.equals(protocol, mapper.getProtocol())
                        && ProtocolMapperUtils.isEnabled(session, mapper))
                .distinct();
    }

    @Override
    public String getScopeString() {
        return narrowing.scopeClaim(super.getScopeString());
    }

    @Override
    public String getScopeString(boolean ignoreIncludeInTokenScope) {
        if (!ignoreIncludeInTokenScope) {
            return getScopeString();
        }
        Set<String> names = kept.stream().map(ClientScopeModel::getName).collect(Collectors.toSet());
        return Stream.of(super.getScopeString(true).split(" "))
                .filter(name -> names.contains(name) || narrowing.mayAppear(name))
                .collect(Collectors.joining(" "));
    }
}
