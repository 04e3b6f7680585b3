package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.support.provider.DelegatingClientSessionContext;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.RoleModel;
import org.keycloak.protocol.ProtocolMapperUtils;
import org.keycloak.protocol.oidc.TokenManager;

/**
 * A client session of which only the scopes, mappers and roles of one MCP server take part in tokens, and the mappers of
 * {@linkplain dev.keycloakmcp.policy.ProtectedClaims claims that stay}, whatever scope they are of.
 */
final class NarrowedClientSessionContext extends DelegatingClientSessionContext {

    private final KeycloakSession session;
    private final ClientSessionContext full;
    private final TokenNarrowing narrowing;
    private final Set<ClientScopeModel> kept;
    /** Those of the other scopes of which at least a claim stays. */
    private final Set<ClientScopeModel> protecting;
    /** Those of the other scopes that take part in ID tokens. */
    private final Set<ClientScopeModel> identity;

    /** @param ofIdToken the scopes that may take part in ID tokens, besides those that take part in access tokens */
    NarrowedClientSessionContext(
            KeycloakSession session,
            ClientSessionContext full,
            TokenNarrowing narrowing,
            Predicate<ClientScopeModel> ofIdToken) {
        super(full);
        this.session = session;
        this.full = full;
        this.narrowing = OfflineAccessRole.respect(session, full, narrowing);
        this.kept = full.getClientScopesStream().filter(this::keeps).collect(Collectors.toUnmodifiableSet());
        this.protecting = full.getClientScopesStream()
                .filter(scope -> !keeps(scope))
                .filter(scope -> MappedClaim.isProtectedBy(session, scope))
                .collect(Collectors.toUnmodifiableSet());
        this.identity = full.getClientScopesStream()
                .filter(scope -> !keeps(scope) && ofIdToken.test(scope) && isConsented(scope))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The mappers that run for ID tokens only. */
    Stream<ProtocolMapperModel> identityMappers() {
        return running(mappers(identity));
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
        return running(Stream.concat(
                mappers(kept), mappers(protecting).filter(mapper -> MappedClaim.isProtected(session, mapper))));
    }

    private static Stream<ProtocolMapperModel> mappers(Set<ClientScopeModel> scopes) {
        return scopes.stream().flatMap(ClientScopeModel::getProtocolMappersStream);
    }

    private Stream<ProtocolMapperModel> running(Stream<ProtocolMapperModel> mappers) {
        ClientModel client = getClientSession().getClient();
        List<ProtocolMapperModel> settled = mappers.filter(SettledMappers.mayRunWhereBound(session, client))
                .filter(mapper -> Objects.equals(client.getProtocol(), mapper.getProtocol())
                        && ProtocolMapperUtils.isEnabled(session, mapper))
                .distinct()
                .toList();
        return ScopeMayAct.settle(session, full, settled).stream();
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
        // A refresh token names them, so that their claims come back with every refresh.
        Set<String> names = Stream.of(kept.stream(), protecting.stream().filter(this::isConsented), identity.stream())
                .flatMap(Function.identity())
                .map(ClientScopeModel::getName)
                .collect(Collectors.toSet());
        return Stream.of(super.getScopeString(true).split(" "))
                .filter(name -> NamedScopes.hold(names, name) || narrowing.mayAppear(name))
                .collect(Collectors.joining(" "));
    }

    /** Keycloak refuses a refresh token with a scope that the user was not asked about. */
    private boolean isConsented(ClientScopeModel scope) {
        AuthenticatedClientSessionModel login = getClientSession();
        return TokenManager.verifyConsentStillAvailable(
                session, login.getUserSession().getUser(), login.getClient(), login, scope.getName());
    }
}
