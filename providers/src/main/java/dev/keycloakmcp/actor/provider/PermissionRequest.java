package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.ActorToken;
import dev.keycloakmcp.actor.AskingTokens;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.provider.McpRefusal;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.policy.provider.McpSuspension;
import dev.keycloakmcp.policy.provider.TokenConstraints;
import dev.keycloakmcp.resource.McpServer;
import dev.keycloakmcp.token.provider.BoundToken;
import jakarta.ws.rs.WebApplicationException;
import java.util.List;
import java.util.Optional;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.grants.OAuth2GrantType;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.managers.AppAuthManager;
import org.keycloak.util.TokenUtil;

/** A UMA request: the token that says who asks, and what may come of it. */
final class PermissionRequest {

    private static final List<String> MODES_WITHOUT_TOKEN = List.of("decision", "permissions");

    private final OAuth2GrantType.Context grant;
    private final KeycloakSession session;
    private final TokenActors tokens;
    private final AskingTokens sent;
    private final Optional<AccessToken> asking;

    PermissionRequest(OAuth2GrantType.Context grant) {
        this.grant = grant;
        this.session = grant.getSession();
        this.tokens = new TokenActors(session);
        this.sent = AskingTokens.of(
                Optional.ofNullable(AppAuthManager.extractAuthorizationHeaderTokenOrReturnNull(grant.getHeaders()))
                        .filter(header -> TokenUtil.TOKEN_TYPE_BEARER.equalsIgnoreCase(header.getScheme()))
                        .map(AppAuthManager.AuthHeader::getToken),
                grant.getFormParams());
        this.asking = tokens.decode(sent.first().orElse(null), AccessToken.class);
    }

    /** Refuses it where its token does not say plainly who asks, or is not for this; else what comes of it keeps the actors. */
    void check() {
        if (sent.areSeveral()) {
            throw refusal(ReasonCode.UMA_TOKEN_REPEATED, "Send no more than one token that says who asks.");
        }
        asking.ifPresent(token -> {
            if (!AskingTokens.mayAsk(token.getType())) {
                throw refusal(ReasonCode.SUBJECT_TOKEN_INVALID, "Only an access token or an ID token says who asks.");
            }
            if (McpSuspension.isBehind(session, token)) {
                throw refusal(ReasonCode.CLIENT_SUSPENDED, McpSuspension.TOKEN_DETAIL);
            }
            requireOwnServer(token);
            new AskingActors(session).keep(token);
        });
    }

    /** Refuses it where the client that authenticated may not ask, or not with this token. */
    void checkClient(ClientModel client) {
        grant.getEvent().client(client);
        if (McpSuspension.isSuspended(session, client)) {
            throw refusal(ReasonCode.CLIENT_SUSPENDED, McpSuspension.CLIENT_DETAIL);
        }
        if (sent.first().isEmpty()) {
            // Keycloak makes a token for itself now, which may be bound, but which nobody gets.
            TokenConstraints.of(session).keepInside(true);
            BoundToken.accept(session);
        }
        asking.ifPresent(token -> requireOwn(token, client));
    }

    /** Refuses it when a token is to be made for an agent: only now it is known as what it asks. */
    void checkToken() {
        TokenConstraints.of(session).keepInside(false);
        if (McpRequest.of(session).narrowing().isPresent()) {
            throw bound();
        }
    }

    /** Who received a token of another's is the actor of what comes of it, or may not ask. */
    private void requireOwn(AccessToken token, ClientModel client) {
        ActorToken.Recipient recipient = new RequestingClient(session, client).recipient(token);
        if (recipient == ActorToken.Recipient.NONE) {
            throw refusal(
                    ReasonCode.SUBJECT_TOKEN_NOT_FOR_CLIENT,
                    "The token was not issued to the client, and the client is not in its audience.");
        }
        if (recipient != ActorToken.Recipient.AUDIENCE || isWithoutToken()) {
            return;
        }
        if (tokens.areBehind(sent.first().orElse(null))) {
            throw refusal(
                    ReasonCode.DELEGATION_LAUNDERED,
                    "The token says who acts or may act; exchange it (RFC 8693) to act by it.");
        }
        // As in an exchange, with or without a mapper.
        ExchangeTokens.delegate(session, token, ActorChain.of(Actors.of(session, client)));
    }

    private void requireOwnServer(AccessToken token) {
        if (!BoundToken.isBound(session, token)) {
            return;
        }
        boolean own = BoundToken.server(session, token)
                .map(McpServer::clientId)
                .filter(clientId -> clientId.equals(grant.getFormParams().getFirst("audience")))
                .isPresent();
        if (!own || grant.getFormParams().containsKey("ticket") || !isWithoutToken()) {
            throw bound();
        }
        BoundToken.accept(session);
    }

    private boolean isWithoutToken() {
        return MODES_WITHOUT_TOKEN.stream()
                .anyMatch(grant.getFormParams().getOrDefault("response_mode", List.of())::contains);
    }

    private WebApplicationException bound() {
        return refusal(
                ReasonCode.TOKEN_BOUND, "The token is for one MCP server, and no other token can be made of it here.");
    }

    /** Names in the event who asks, before Keycloak does: what a stopped client tries is told of it. */
    private WebApplicationException refusal(ReasonCode reason, String detail) {
        EventBuilder event = grant.getEvent();
        asking.ifPresent(token -> {
            if (event.getEvent().getClientId() == null) {
                event.client(token.getIssuedFor());
            }
            ActorEvents.tell(event, session, token);
        });
        return McpRefusal.of(session, grant.getEvent(), grant.getCors(), reason, detail);
    }
}
