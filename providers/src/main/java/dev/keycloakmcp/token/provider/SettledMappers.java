package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.provider.ClientOrigin;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.VouchedClaims;
import dev.keycloakmcp.support.provider.DelegatingClientSessionContext;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.representations.JsonWebToken;

/**
 * A client session without the protocol mappers that write {@linkplain dev.keycloakmcp.policy.RealmClaims claims that are not
 * theirs}: those that are Keycloak's, and where a client registered itself, by a mapper of its own, those that are the
 * administrators'. Of those that say who may act, {@link ScopeMayAct Keycloak's} go before others of administrators.
 */
public final class SettledMappers extends DelegatingClientSessionContext {

    private final List<ProtocolMapperModel> settled;

    private SettledMappers(ClientSessionContext context, List<ProtocolMapperModel> settled) {
        super(context);
        this.settled = settled;
    }

    /** The context itself where its mappers are settled already, or may all run, and in realms that do not use MCP policies. */
    public static ClientSessionContext of(KeycloakSession session, ClientSessionContext context) {
        return of(session, context, mayRun(session, context.getClientSession().getClient()));
    }

    /** The same for a login that is bound to an MCP server. */
    static ClientSessionContext ofBound(KeycloakSession session, ClientSessionContext context) {
        return of(
                session,
                context,
                mayRunWhereBound(session, context.getClientSession().getClient()));
    }

    private static ClientSessionContext of(
            KeycloakSession session, ClientSessionContext context, Predicate<ProtocolMapperModel> mayRun) {
        if (context instanceof SettledMappers
                || context instanceof NarrowedClientSessionContext
                || context instanceof GuardedClientSessionContext
                || !McpRealm.isOptedIn(session)) {
            return context;
        }
        List<ProtocolMapperModel> configured =
                context.getProtocolMappersStream().toList();
        List<ProtocolMapperModel> settled = ScopeMayAct.settle(
                session, context, configured.stream().filter(mayRun).toList());
        boolean same = settled.size() == configured.size() && settled.stream().noneMatch(ScopeMayAct::isWrittenBy);
        return same ? context : new SettledMappers(context, settled);
    }

    /** True when a mapper, rather than one of this extension, says who may act, of a context whose mappers are settled. */
    public static boolean sayWhoMayAct(ClientSessionContext settled) {
        return settled.getProtocolMappersStream().anyMatch(ScopeMayAct::isWrittenBy);
    }

    /** True when what such a mapper says only restricts. */
    public static boolean restrictWhoMayAct(ClientSessionContext settled) {
        return settled.getProtocolMappersStream().anyMatch(ScopeMayAct::restricts);
    }

    /** Vouches for what such a mapper wrote, unless this extension said who may act. */
    public static void vouchWhoMayAct(KeycloakSession session, ClientSessionContext settled, JsonWebToken token) {
        Object mayAct = token.getOtherClaims().get(DelegationClaims.MAY_ACT);
        VouchedClaims vouched = VouchedClaims.of(session);
        if (mayAct != null && !vouched.has(DelegationClaims.MAY_ACT) && sayWhoMayAct(settled)) {
            vouched.vouch(DelegationClaims.MAY_ACT, mayAct);
            if (restrictWhoMayAct(settled)) {
                vouched.vouch(DelegationClaims.ONLY_RESTRICTS, true);
            }
        }
    }

    /** True for mappers that may write into tokens of a client. */
    static Predicate<ProtocolMapperModel> mayRun(KeycloakSession session, ClientModel client) {
        Set<String> own = own(client);
        return mapper -> !MappedClaim.isKeycloaks(mapper)
                && !(own.contains(mapper.getId())
                        && MappedClaim.noClients(mapper).isPresent());
    }

    /**
     * True for mappers that may write into tokens of a client that are bound to an MCP server, and what is told of them.
     * That server cannot know that the client registered itself, with mappers that write what its users choose: of these
     * mappers only those of pairwise subjects run.
     */
    static Predicate<ProtocolMapperModel> mayRunWhereBound(KeycloakSession session, ClientModel client) {
        Set<String> own = own(client);
        return mayRun(session, client)
                .and(mapper -> !own.contains(mapper.getId()) || MappedClaim.isPairwise(session, mapper));
    }

    /** The ids of the mappers that a client registered for itself. */
    private static Set<String> own(ClientModel client) {
        return ClientOrigin.changesItself(client)
                ? client.getProtocolMappersStream()
                        .map(ProtocolMapperModel::getId)
                        .collect(Collectors.toSet())
                : Set.of();
    }

    @Override
    public Stream<ProtocolMapperModel> getProtocolMappersStream() {
        return settled.stream();
    }
}
