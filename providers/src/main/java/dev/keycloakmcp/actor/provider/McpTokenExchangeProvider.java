package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.ActorChain;
import dev.keycloakmcp.resource.TokenNarrowing;
import dev.keycloakmcp.resource.provider.McpRealm;
import dev.keycloakmcp.resource.provider.McpRefusal;
import dev.keycloakmcp.resource.provider.McpRequest;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import org.keycloak.OAuthErrorException;
import org.keycloak.events.Details;
import org.keycloak.events.Errors;
import org.keycloak.models.ClientModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.protocol.oidc.tokenexchange.StandardTokenExchangeProvider;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.CorsErrorResponseException;

/**
 * Keycloak's standard token exchange (RFC 8693), for requests that an MCP policy bound to a target: the target may be
 * named by its URI, and the MCP server that a token is for may exchange it. Everything else is Keycloak's own.
 */
final class McpTokenExchangeProvider extends StandardTokenExchangeProvider {

    @Override
    protected void forbiddenIfClientIsNotWithinTokenAudience(AccessToken token) {
        if (token == null || !isTargetOf(token)) {
            super.forbiddenIfClientIsNotWithinTokenAudience(token);
        }
    }

    @Override
    protected List<ClientModel> getTargetAudienceClients() {
        return target().map(List::of).orElseGet(super::getTargetAudienceClients);
    }

    @Override
    protected void checkRequestedAudiences(TokenManager.AccessTokenResponseBuilder responseBuilder) {
        // A bound token gets its audience later, and no other than the target.
        if (target().isEmpty()) {
            super.checkRequestedAudiences(responseBuilder);
        }
    }

    @Override
    protected Response exchangeClientToClient(
            UserModel targetUser,
            UserSessionModel targetUserSession,
            AccessToken token,
            boolean disallowOnHolderOfTokenMismatch) {
        McpRequest.of(session).settle().ifPresent(deny -> {
            throw McpRefusal.of(session, event, cors, deny.reason(), deny.detail());
        });
        SubjectToken.remember(session, token);
        if (Actors.in(token)
                .map(ActorChain::actors)
                .filter(actors -> actors.size() == ActorChain.MAX_DEPTH)
                .isPresent()) {
            event.detail(Details.REASON, "actor chain too deep");
            event.error(Errors.INVALID_REQUEST);
            throw new CorsErrorResponseException(
                    cors,
                    OAuthErrorException.INVALID_REQUEST,
                    "The subject token passed through too many actors.",
                    Response.Status.BAD_REQUEST);
        }
        return super.exchangeClientToClient(targetUser, targetUserSession, token, disallowOnHolderOfTokenMismatch);
    }

    private Optional<ClientModel> target() {
        return McpRequest.of(session)
                .narrowing()
                .map(TokenNarrowing::server)
                .map(server -> realm.getClientById(server.id()));
    }

    private boolean isTargetOf(AccessToken token) {
        return McpRealm.isOptedIn(realm)
                && McpServerRegistry.of(session)
                        .ofClient(client.getClientId())
                        .filter(server -> token.hasAudience(server.resourceUrl()))
                        .isPresent();
    }
}
