package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import java.util.Optional;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.representations.IDToken;
import org.keycloak.services.clientpolicy.context.ImplicitHybridTokenResponse;
import org.keycloak.sessions.AuthenticationSessionModel;

/** The MCP server that a login is bound to, from the authorization request to the tokens of the authorization endpoint. */
final class BoundLogin {

    private BoundLogin() {}

    /** Binds a login: the code, which takes its target from Keycloak's note, and ID tokens that come before it. */
    static void bind(AuthenticationSessionModel login, TokenNarrowing narrowing) {
        String resourceUrl = narrowing.server().resourceUrl();
        login.setClientNote(OAuth2Constants.RESOURCE, resourceUrl);
        login.setClientNote(DelegationClaims.RESOURCE, resourceUrl);
    }

    /** The URI of the server that a login is bound to. */
    static Optional<String> resource(AuthenticationSessionModel login) {
        return Optional.ofNullable(login.getClientNote(DelegationClaims.RESOURCE));
    }

    /** Takes it off what all logins of a client in one session share: each token says itself what it is bound to. */
    static void forget(AuthenticatedClientSessionModel shared) {
        shared.removeNote(DelegationClaims.RESOURCE);
    }

    /** Makes an ID token say what it is bound to also where it is a detached signature, which passes no mapper. */
    static void bindIdToken(ImplicitHybridTokenResponse response) {
        IDToken idToken = response.getAccessTokenResponseBuilder().getIdToken();
        if (idToken != null) {
            resource(response.getAuthenticationSession()).ifPresent(url -> DelegationClaims.bind(idToken, url));
        }
    }
}
