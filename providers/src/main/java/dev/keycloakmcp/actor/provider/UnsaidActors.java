package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.SignInActors;
import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import java.util.Optional;
import org.keycloak.models.KeycloakSession;
import org.keycloak.representations.AccessToken;

/** The actors of a sign-in that its tokens do not say, or leave to introspection to say. */
public final class UnsaidActors {

    private UnsaidActors() {}

    /** Who acts by a token that says nobody; empty for tokens that would say so. */
    public static Optional<ActorChain> of(KeycloakSession session, AccessToken token) {
        TokenActors tokens = new TokenActors(session);
        Optional<Actor> client = tokens.unsaidClient(token);
        return client.isPresent() || tokens.isLeftToIntrospection(token)
                ? new SignInActors(client, tokens.impersonator(token)).chain()
                : Optional.empty();
    }
}
