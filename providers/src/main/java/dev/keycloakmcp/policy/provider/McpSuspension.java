package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.resource.McpAttributes;
import jakarta.ws.rs.WebApplicationException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.representations.AccessToken;

/**
 * Clients that administrators stopped. They get no token, and no token with them behind it works where Keycloak is asked.
 * The client attribute that says so is in the cache of the realm, which all nodes invalidate together.
 */
public final class McpSuspension {

    public static final String CLIENT_DETAIL = "The client is suspended.";
    public static final String TOKEN_DETAIL = "A party to the token is suspended.";

    private McpSuspension() {}

    /** True when a client is suspended, in realms that use MCP policies. */
    public static boolean isSuspended(KeycloakSession session, @Nullable ClientModel client) {
        return client != null
                && client.getAttribute(McpAttributes.SUSPENDED) != null
                && McpRealm.isOptedIn(session, client.getRealm());
    }

    /**
     * True when a suspended client is behind a token: it was issued to it, or its subject is the service account of it. A
     * client that is gone counts as suspended, so that to delete a suspended client stops it for good. True as well when
     * anybody who acts in it may not act any more, or the administrator who took over its session.
     */
    public static boolean isBehind(KeycloakSession session, AccessToken token) {
        if (!McpRealm.isOptedIn(session)) {
            return false;
        }
        RealmModel realm = session.getContext().getRealm();
        Optional<UserSessionModel> userSession = TokenSubject.session(session, token);
        return token.getIssuedFor() != null && isStopped(session, token.getIssuedFor())
                || isActorStopped(session, realm, token, userSession)
                || isAccountOfSuspended(
                        session,
                        userSession
                                .map(UserSessionModel::getUser)
                                .orElseGet(() -> TokenManager.lookupUserFromStatelessToken(session, realm, token)));
    }

    /** True when a suspended client is behind a token about to be issued, which need not say its subject. */
    public static boolean isBehind(KeycloakSession session, AccessToken token, UserModel subject) {
        return McpRealm.isOptedIn(session) && isAccountOfSuspended(session, subject) || isBehind(session, token);
    }

    private static boolean isAccountOfSuspended(KeycloakSession session, @Nullable UserModel user) {
        return Optional.ofNullable(user)
                .map(UserModel::getServiceAccountClientLink)
                .filter(id ->
                        isSuspended(session, session.getContext().getRealm().getClientById(id)))
                .isPresent();
    }

    private static boolean isStopped(KeycloakSession session, String clientId) {
        ClientModel client = session.getContext().getRealm().getClientByClientId(clientId);
        return client == null || isSuspended(session, client);
    }

    private static boolean isActorStopped(
            KeycloakSession session, RealmModel realm, AccessToken token, Optional<UserSessionModel> userSession) {
        List<Actor> acting = ActorChain.named(token.getOtherClaims().get(DelegationClaims.ACT));
        // Tokens need not say who took over their session: lightweight ones, and those that no mapper stamps.
        List<Actor> all = acting.isEmpty()
                ? userSession
                        .flatMap(takenOver -> RealmActors.impersonator(realm, takenOver))
                        .map(List::of)
                        .orElse(List.of())
                : acting;
        RealmActors known = new RealmActors(session);
        return !known.inactive(all.stream().map(known::named).toList()).isEmpty();
    }

    /** The answer to who uses a token with a suspended client behind it. */
    public static WebApplicationException refusal() {
        return McpRefusal.invalidToken(TOKEN_DETAIL);
    }
}
