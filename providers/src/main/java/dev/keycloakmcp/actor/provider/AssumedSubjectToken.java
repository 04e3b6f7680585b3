package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.McpExecutorIds;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.resource.McpServer;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.common.util.SecretGenerator;
import org.keycloak.common.util.Time;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.encode.AccessTokenContext;
import org.keycloak.protocol.oidc.encode.TokenContextEncoderProvider;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.Urls;
import org.keycloak.util.TokenUtil;

/** The subject token of an exchange that nobody asked for: as the client would have it from who acted before. */
public final class AssumedSubjectToken {

    private static final long LIFETIME_SECONDS = 3600;

    private AssumedSubjectToken() {}

    /**
     * A token in its signed form, to be used in the same Keycloak session.
     *
     * @param login of the user
     * @param requester the client that exchanges it: the audience, and where nobody acted before also the holder
     * @param chain who acted before, oldest first
     * @param scope of the token
     */
    public static String of(
            KeycloakSession session,
            UserSessionModel login,
            ClientModel requester,
            List<ClientModel> chain,
            @Nullable String scope) {
        ClientModel holder = chain.isEmpty() ? requester : chain.get(chain.size() - 1);
        if (login.getAuthenticatedClientSessionByClient(holder.getId()) == null) {
            session.sessions().createClientSession(login.getRealm(), holder, login);
        }
        long now = Time.currentTime();
        AccessToken token = new AccessToken();
        token.id(session.getProvider(TokenContextEncoderProvider.class)
                .encodeTokenId(new AccessTokenContext(
                        AccessTokenContext.SessionType.ONLINE,
                        AccessTokenContext.TokenType.REGULAR,
                        chain.isEmpty()
                                ? OAuth2Constants.AUTHORIZATION_CODE
                                : OAuth2Constants.TOKEN_EXCHANGE_GRANT_TYPE,
                        SecretGenerator.getInstance().generateSecureID())));
        token.type(TokenUtil.TOKEN_TYPE_BEARER);
        token.issuer(Urls.realmIssuer(
                session.getContext().getUri().getBaseUri(), login.getRealm().getName()));
        token.subject(login.getUser().getId());
        token.issuedFor(holder.getClientId());
        token.setSessionId(login.getId());
        token.iat(now);
        token.exp(now + LIFETIME_SECONDS);
        token.setScope(scope == null ? "" : scope);
        aim(session, token, requester, holder);
        actors(session, chain).ifPresent(actors -> token.setOtherClaims(DelegationClaims.ACT, actors.toClaim()));
        return session.tokens().encode(token);
    }

    /** Bound to the server that the requester is, where policies bind what the holder gets. */
    private static void aim(KeycloakSession session, AccessToken token, ClientModel requester, ClientModel holder) {
        Optional<McpServer> server = McpServerRegistry.of(session)
                .ofClient(requester.getClientId())
                .filter(known -> McpRealm.isEnforced(session, McpExecutorIds.RESOURCE_INDICATOR, holder));
        token.audience(server.map(McpServer::resourceUrl).orElseGet(requester::getClientId));
        server.ifPresent(found -> DelegationClaims.bind(token, found.resourceUrl()));
    }

    private static Optional<ActorChain> actors(KeycloakSession session, List<ClientModel> chain) {
        List<Actor> newestFirst = new ArrayList<>();
        chain.forEach(client -> newestFirst.add(Actors.of(session, client)));
        Collections.reverse(newestFirst);
        return newestFirst.isEmpty() ? Optional.empty() : Optional.of(new ActorChain(newestFirst));
    }
}
