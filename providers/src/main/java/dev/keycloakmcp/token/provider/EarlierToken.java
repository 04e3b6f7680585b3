package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.resource.ResourceIndicator;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.keycloak.Config;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.ClientModel;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oidc.encode.TokenContextEncoderProvider;
import org.keycloak.representations.AccessToken;
import org.keycloak.util.TokenUtil;

/**
 * Bound tokens of versions before 0.1.0, which do not say themselves that they are bound. They are recognised by their
 * audience, their roles, their grant and the login they are of. Such tokens live for minutes after an update: this class goes
 * with version 0.2.0.
 */
final class EarlierToken {

    /** Ends the ids of the clients of the admin realm that stand for the other realms. */
    private static final String ADMIN_REALM_CLIENT = "-realm";

    private static final Set<String> KEYCLOAK_CLIENTS = Set.of(
            Constants.REALM_MANAGEMENT_CLIENT_ID,
            Constants.ACCOUNT_MANAGEMENT_CLIENT_ID,
            Constants.BROKER_SERVICE_CLIENT_ID);

    private EarlierToken() {}

    /** The URI that a token is bound to, if it is bound at all: its first audience, or that of the login of an ID token. */
    static Optional<String> resource(KeycloakSession session, AccessToken token) {
        return TokenUtil.TOKEN_TYPE_ID.equals(token.getType())
                ? resourceOfLogin(session, token)
                : BoundToken.firstAudience(token);
    }

    /**
     * True when a token is bound to an MCP server, or was to one that is disabled since, or that several clients claim by
     * now; for a token of a user also when its server is gone. True for an ID token when the access token that came with it
     * is bound.
     */
    static boolean isBound(KeycloakSession session, AccessToken token) {
        if (TokenUtil.TOKEN_TYPE_ID.equals(token.getType())) {
            return resourceOfLogin(session, token).isPresent();
        }
        return holdsNoMoreThanBound(session.getContext().getRealm(), token)
                && BoundToken.firstAudience(token)
                        .flatMap(ResourceIndicator::parse)
                        .map(McpServerRegistry.of(session)::claiming)
                        .filter(claiming ->
                                claiming.stream().anyMatch(server -> holdsNothingBut(token, server.clientId()))
                                        || resourceOfLogin(session, token).isPresent()
                                        || isOfExchange(session, token)
                                        || claiming.isEmpty() && isOfDisabledServer(session, token.getAudience()[0]))
                        .isPresent();
    }

    /** Other tokens may name a URI among their audiences as well, say by an audience mapper. */
    private static boolean holdsNoMoreThanBound(RealmModel realm, AccessToken token) {
        Set<String> clients = token.getResourceAccess().keySet();
        return token.getRealmAccess() == null
                && clients.size() <= 1
                && clients.stream().noneMatch(clientId -> isOfKeycloak(realm, clientId));
    }

    private static boolean holdsNothingBut(AccessToken token, String clientId) {
        String[] audience = token.getAudience();
        return Set.of(clientId).containsAll(token.getResourceAccess().keySet())
                && (audience.length == 1 || audience.length == 2 && audience[1].equals(clientId));
    }

    /** The tokens of machines have no login that remembers it, and servers that are disabled claim nothing. */
    private static boolean isOfDisabledServer(KeycloakSession session, String url) {
        return session.getProvider(McpServerRegistry.class)
                .isDeclared(session.getContext().getRealm(), url);
    }

    /** True when a client stands for an interface of Keycloak's own, and its roles for what is allowed there. */
    private static boolean isOfKeycloak(RealmModel realm, String clientId) {
        return KEYCLOAK_CLIENTS.contains(clientId)
                || realm.getName().equals(Config.getAdminRealm()) && clientId.endsWith(ADMIN_REALM_CLIENT);
    }

    /** The sessions of exchanged tokens remember nothing, and nobody else gets such tokens by exchange. */
    private static boolean isOfExchange(KeycloakSession session, AccessToken token) {
        try {
            return token.getId() != null
                    && OAuth2Constants.TOKEN_EXCHANGE_GRANT_TYPE.equals(
                            session.getProvider(TokenContextEncoderProvider.class)
                                    .getTokenContextFromTokenId(token.getId())
                                    .getGrantType());
        } catch (IllegalArgumentException e) {
            return false; // an id that a mapper made
        }
    }

    private static Optional<String> resourceOfLogin(KeycloakSession session, AccessToken token) {
        RealmModel realm = session.getContext().getRealm();
        ClientModel client = realm.getClientByClientId(token.getIssuedFor());
        if (client == null || token.getSessionId() == null) {
            return Optional.empty();
        }
        return Stream.of(
                        session.sessions().getUserSession(realm, token.getSessionId()),
                        session.sessions().getOfflineUserSession(realm, token.getSessionId()))
                .flatMap(Stream::ofNullable)
                .flatMap(login -> Stream.ofNullable(login.getAuthenticatedClientSessionByClient(client.getId())))
                .flatMap(login -> Stream.ofNullable(login.getNote(DelegationClaims.RESOURCE)))
                .findFirst();
    }
}
