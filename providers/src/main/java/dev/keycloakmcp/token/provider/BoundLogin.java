package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.resource.ResourceIndicator;
import java.util.Optional;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.protocol.oidc.utils.OAuth2CodeParser;
import org.keycloak.representations.IDToken;
import org.keycloak.services.clientpolicy.context.ImplicitHybridTokenResponse;
import org.keycloak.sessions.AuthenticationSessionModel;

/** The MCP server that a login is bound to, from the authorization request to the tokens of the authorization endpoint. */
final class BoundLogin {

    /** Begins the notes on the session of a client that say which of its codes are bound, with the URI of the server. */
    private static final String CODE = DelegationClaims.RESOURCE + ".code.";

    /** Begins those that say which servers the latest login would be bound to. They bind nothing. */
    private static final String REPORTED = DelegationClaims.RESOURCE + ".reported.";

    private BoundLogin() {}

    /** Binds a login: the code, which takes its target from Keycloak's note, and ID tokens that come before it. */
    static void bind(AuthenticationSessionModel login, TokenNarrowing narrowing) {
        String resourceUrl = narrowing.server().resourceUrl();
        login.setClientNote(OAuth2Constants.RESOURCE, resourceUrl);
        login.setClientNote(DelegationClaims.RESOURCE, resourceUrl);
    }

    /** Notes the server that a login would be bound to if the policies that only report were enforced. It binds nothing. */
    static void wouldBind(AuthenticationSessionModel login, TokenNarrowing narrowing) {
        login.setClientNote(REPORTED, narrowing.server().resourceUrl());
    }

    /** The URI of the server that a login is bound to. */
    static Optional<String> resource(AuthenticationSessionModel login) {
        return Optional.ofNullable(login.getClientNote(DelegationClaims.RESOURCE));
    }

    /**
     * Takes it off what all logins of a client in one session share: each token says itself what it is bound to. A code does
     * not: the target that Keycloak keeps with it is there as well where a client named it and no policy bound it.
     */
    static void share(AuthenticationSessionModel login, AuthenticatedClientSessionModel shared) {
        shared.removeNote(DelegationClaims.RESOURCE);
        shareReported(login, shared);
        String target = login.getClientNote(OAuth2Constants.RESOURCE);
        if (target == null) {
            return;
        }
        Optional<ResourceIndicator> bound = resource(login).flatMap(ResourceIndicator::parse);
        if (bound.isPresent() && bound.equals(ResourceIndicator.parse(target))) {
            shared.setNote(code(target), Boolean.TRUE.toString());
        } else {
            shared.removeNote(code(target));
        }
    }

    /** The name of the note: one for each server, however clients write its URI, say with a slash at the end. */
    private static String code(String target) {
        return CODE
                + ResourceIndicator.parse(target)
                        .map(ResourceIndicator::canonical)
                        .orElse(target);
    }

    /** A login that began by a link has none, and takes back those of earlier ones: its code would be bound to nothing. */
    private static void shareReported(AuthenticationSessionModel login, AuthenticatedClientSessionModel shared) {
        String reported = login.getClientNote(REPORTED);
        if (reported != null) {
            shared.setNote(REPORTED + reported, Boolean.TRUE.toString());
        } else {
            shared.getNotes().keySet().stream()
                    .filter(name -> name.startsWith(REPORTED))
                    .toList()
                    .forEach(shared::removeNote);
        }
    }

    /** True when a code would be bound to the server if the policies that only reported at its login had been enforced. */
    static boolean wouldBeBound(OAuth2CodeParser.ParseResult code, TokenNarrowing narrowing) {
        return code.getClientSession().getNote(REPORTED + narrowing.server().resourceUrl()) != null;
    }

    /** The URI of the server that a code is bound to. */
    static Optional<String> resource(OAuth2CodeParser.ParseResult code) {
        return Optional.ofNullable(code.getCodeData().getResource())
                .filter(target -> code.getClientSession().getNote(code(target)) != null);
    }

    /** Makes an ID token say what it is bound to also where it is a detached signature, which passes no mapper. */
    static void bindIdToken(ImplicitHybridTokenResponse response) {
        IDToken idToken = response.getAccessTokenResponseBuilder().getIdToken();
        if (idToken != null) {
            resource(response.getAuthenticationSession()).ifPresent(url -> DelegationClaims.bind(idToken, url));
        }
    }
}
