package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.ActingParty;
import dev.keycloakmcp.actor.ActorToken;
import dev.keycloakmcp.actor.DelegationDenials;
import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.provider.RealmActors;
import dev.keycloakmcp.resource.ResourceIndicator;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import dev.keycloakmcp.token.provider.BoundToken;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.representations.AccessToken;

/** The client that asks for an exchange. */
final class RequestingClient {

    private final KeycloakSession session;
    private final ClientModel client;

    RequestingClient(KeycloakSession session, ClientModel client) {
        this.session = session;
        this.client = client;
    }

    /** True when a token was issued to it. */
    boolean isHolderOf(AccessToken token) {
        return client.getClientId().equals(token.getIssuedFor());
    }

    /** True when a token is for it, by its client id or as the MCP server that it is. */
    boolean isAudienceOf(AccessToken token) {
        return token.hasAudience(client.getClientId()) && !isUriOfServer(client.getClientId()) || isTargetOf(token);
    }

    /** True for a URI that a server has: as an audience it means that server, not a client that has it for its id. */
    private boolean isUriOfServer(String clientId) {
        return ResourceIndicator.parse(clientId)
                .filter(uri -> !McpServerRegistry.of(session).claiming(uri).isEmpty())
                .isPresent();
    }

    /** True when it is the MCP server that a token is for. */
    boolean isTargetOf(AccessToken token) {
        return McpServerRegistry.of(session)
                .ofClient(client.getClientId())
                .filter(server -> token.hasAudience(server.resourceUrl()))
                .isPresent();
    }

    /** True when it is the MCP server that a token is bound to, so that what comes of it is bound as well. */
    boolean isServerOf(AccessToken token) {
        return isTargetOf(token) && BoundToken.isBound(session, token);
    }

    /** Its relation to a token. */
    ActorToken.Recipient recipient(AccessToken token) {
        if (isHolderOf(token)) {
            return ActorToken.Recipient.HOLDER;
        }
        return isAudienceOf(token) ? ActorToken.Recipient.AUDIENCE : ActorToken.Recipient.NONE;
    }

    /** The client as the actor that its own authentication proves; denied where its id is that of somebody else, too. */
    Decision<ActingParty> party() {
        UserModel account = Actors.account(session, client);
        Actor actor = Actors.of(client, account);
        if (new RealmActors(session).isAmbiguous(actor)) {
            return DelegationDenials.clientIdAmbiguous();
        }
        return Decision.allow(new ActingParty(
                actor, ActingParty.Kind.CLIENT, client.getClientId(), false, Actors.roles(client.getRealm(), account)));
    }
}
