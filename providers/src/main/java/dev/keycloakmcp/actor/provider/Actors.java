package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.Actor;
import dev.keycloakmcp.actor.ActorChain;
import java.util.Optional;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.representations.JsonWebToken;

/** Actors as Keycloak knows them. */
final class Actors {

    /** The claim of RFC 8693 section 4.1. */
    static final String CLAIM = "act";

    private Actors() {}

    /** The client as an actor. */
    static Actor of(KeycloakSession session, ClientModel client) {
        UserModel account = client.isServiceAccountsEnabled() ? session.users().getServiceAccount(client) : null;
        return new Actor(account == null ? client.getClientId() : account.getId(), client.getClientId());
    }

    /** The chain in a token that was verified. */
    static Optional<ActorChain> in(JsonWebToken token) {
        return ActorChain.read(token.getOtherClaims().get(CLAIM));
    }
}
