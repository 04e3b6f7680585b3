package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.policy.TokenNarrowing;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.ClientPolicyEvent;

/** The requests of a sign-in: a person is there and answers what the client asks for. */
public final class SignIn {

    private static final Set<ClientPolicyEvent> REQUESTS = EnumSet.of(
            ClientPolicyEvent.AUTHORIZATION_REQUEST,
            ClientPolicyEvent.PUSHED_AUTHORIZATION_REQUEST,
            ClientPolicyEvent.DEVICE_AUTHORIZATION_REQUEST,
            ClientPolicyEvent.BACKCHANNEL_AUTHENTICATION_REQUEST,
            ClientPolicyEvent.TOKEN_REQUEST,
            ClientPolicyEvent.DEVICE_TOKEN_REQUEST,
            ClientPolicyEvent.BACKCHANNEL_TOKEN_REQUEST,
            ClientPolicyEvent.RESOURCE_OWNER_PASSWORD_CREDENTIALS_REQUEST);

    private SignIn() {}

    /**
     * The bounds with the scopes that a request names. Where it begins a sign-in, or asks for its first tokens, and names none
     * of the server, it is served with default ones.
     */
    public static TokenNarrowing withScopes(
            ClientPolicyContext context, TokenNarrowing narrowing, Optional<Set<String>> requested) {
        return REQUESTS.contains(context.getEvent())
                ? narrowing.withScopesOrDefaults(requested)
                : narrowing.withRequestedScopes(requested);
    }
}
