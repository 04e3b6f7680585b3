package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.TokenForm;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.policy.provider.McpSuspension;
import dev.keycloakmcp.resource.McpServer;
import dev.keycloakmcp.resource.ResourceIndicator;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import dev.keycloakmcp.support.ScopeParameter;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.Config;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.ClientModel;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oidc.encode.TokenContextEncoderProvider;
import org.keycloak.representations.AccessToken;
import org.keycloak.util.TokenUtil;

/** Tokens that were bound to an MCP server when they were issued. */
public final class BoundToken {

    /** Ends the ids of the clients of the admin realm that stand for the other realms. */
    private static final String ADMIN_REALM_CLIENT = "-realm";

    private static final Set<String> KEYCLOAKS = Set.of(
            Constants.REALM_MANAGEMENT_CLIENT_ID,
            Constants.ACCOUNT_MANAGEMENT_CLIENT_ID,
            Constants.BROKER_SERVICE_CLIENT_ID);

    private BoundToken() {}

    /** The MCP server that an access token is for, in realms that use MCP policies. */
    static Optional<McpServer> target(KeycloakSession session, @Nullable AccessToken token) {
        return Optional.ofNullable(token).flatMap(BoundToken::firstAudience).flatMap(url -> serverOf(session, url));
    }

    /** The MCP server that a bound token is for; absent where it is gone since. That of its login for an ID token. */
    public static Optional<McpServer> server(KeycloakSession session, AccessToken token) {
        return isIdToken(token)
                ? loginNote(session, token).flatMap(url -> serverOf(session, url))
                : target(session, token);
    }

    /**
     * Whether a token is bound to an MCP server, or was to one that is disabled since, or that several clients claim by now; a
     * token of a user also where its server is gone. An ID token is if the access token that came with it was.
     */
    public static boolean isBound(KeycloakSession session, AccessToken token) {
        if (!McpRealm.isOptedIn(session)) {
            return false;
        }
        if (isIdToken(token)) {
            return loginNote(session, token).isPresent();
        }
        return holdsNoMoreThanBound(session.getContext().getRealm(), token)
                && firstAudience(token)
                        .flatMap(ResourceIndicator::parse)
                        .map(McpServerRegistry.of(session)::claiming)
                        .filter(claiming ->
                                claiming.stream().anyMatch(server -> holdsNothingBut(token, server.clientId()))
                                        || loginNote(session, token).isPresent()
                                        || isOfExchange(session, token)
                                        || claiming.isEmpty() && isOfDisabledServer(session, token.getAudience()[0]))
                        .isPresent();
    }

    /**
     * Whether Keycloak's own interfaces, such as the admin REST API, may take a token. They look at the roles of its user,
     * not at the token's: so not where it is for an MCP server, nor where a suspended client is behind it.
     */
    public static boolean isForKeycloak(KeycloakSession session, AccessToken token) {
        return McpRequest.of(session).isBoundTokenTaken()
                || !isBound(session, token) && !McpSuspension.isBehind(session, token, null);
    }

    private static boolean isIdToken(AccessToken token) {
        return TokenUtil.TOKEN_TYPE_ID.equals(token.getType());
    }

    private static Optional<String> firstAudience(AccessToken token) {
        String[] audience = token.getAudience();
        return audience == null || audience.length == 0 ? Optional.empty() : Optional.of(audience[0]);
    }

    /** Other tokens may name a URI among their audiences as well, say by an audience mapper. */
    private static boolean holdsNoMoreThanBound(RealmModel realm, AccessToken token) {
        Set<String> clients = token.getResourceAccess().keySet();
        return token.getRealmAccess() == null
                && clients.size() <= 1
                && clients.stream().noneMatch(clientId -> isKeycloaks(realm, clientId));
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

    /** Whether a client stands for an interface of Keycloak's own, and its roles for what is allowed there. */
    private static boolean isKeycloaks(RealmModel realm, String clientId) {
        return KEYCLOAKS.contains(clientId)
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

    private static Optional<String> loginNote(KeycloakSession session, AccessToken token) {
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

    private static Optional<McpServer> serverOf(KeycloakSession session, String url) {
        if (!McpRealm.isOptedIn(session)) {
            return Optional.empty();
        }
        return ResourceIndicator.parse(url)
                .map(McpServerRegistry.of(session)::claiming)
                .filter(claiming -> claiming.size() == 1)
                .map(claiming -> claiming.get(0))
                .filter(server -> server.resourceUrl().equals(url));
    }

    /** What the token holds, for answers that have to say the same. */
    static Optional<TokenNarrowing> narrowing(KeycloakSession session, @Nullable AccessToken token) {
        return target(session, token).map(server -> TokenNarrowing.to(server)
                .withRequestedScopes(ScopeParameter.names(token == null ? null : token.getScope()))
                .with(TokenNarrowing.OfflineAccess.KEPT)
                .with(new TokenForm(
                        token != null && token.getAudience().length > 1
                                ? TokenForm.AudienceForm.RESOURCE_AND_CLIENT_ID
                                : TokenForm.AudienceForm.RESOURCE,
                        TokenForm.Profile.KEYCLOAK)));
    }
}
