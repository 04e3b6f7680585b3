package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.ActingParty;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.McpEventDetails;
import dev.keycloakmcp.policy.provider.McpRequest;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.util.JsonSerialization;

/** What events say about who acts. */
final class ActorEvents {

    private ActorEvents() {}

    /** The chain as the claim in JSON. */
    static String json(ActorChain chain) {
        return JsonSerialization.mapper.valueToTree(chain.toClaim()).toString();
    }

    static void tell(KeycloakSession session, ActingParty party) {
        McpRequest request = McpRequest.of(session);
        request.detail(McpEventDetails.ACTOR, party.name());
        request.detail(McpEventDetails.ACTOR_ID, party.actor().subject());
        request.detail(McpEventDetails.ACTOR_TYPE, party.kind().value());
    }

    static void tell(KeycloakSession session, ActorChain chain) {
        McpRequest request = McpRequest.of(session);
        request.detail(McpEventDetails.DELEGATION_CHAIN, chain.toEventDetail());
        request.detail(McpEventDetails.DELEGATION_CHAIN_DEPTH, String.valueOf(chain.depth()));
        DelegationState.of(session).party().ifPresentOrElse(party -> tell(session, party), () -> {
            UserModel account = session.users()
                    .getUserById(
                            session.getContext().getRealm(), chain.current().subject());
            boolean person = account != null && account.getServiceAccountClientLink() == null;
            request.detail(
                    McpEventDetails.ACTOR,
                    person ? account.getUsername() : chain.current().clientId());
            request.detail(McpEventDetails.ACTOR_ID, chain.current().subject());
            request.detail(
                    McpEventDetails.ACTOR_TYPE, (person ? ActingParty.Kind.USER : ActingParty.Kind.CLIENT).value());
        });
    }
}
