package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.ProtectedClaims;
import dev.keycloakmcp.policy.TokenNarrowing;
import java.util.Optional;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.util.DefaultClientSessionContext;

/** The claims of a bound access token as introspection tells them (RFC 7662 section 2.2). */
final class IntrospectedToken {

    private IntrospectedToken() {}

    /** The claims that mappers make for introspection within the bounds of the token, and what the token itself says. */
    static AccessToken of(
            KeycloakSession session,
            AccessToken token,
            UserSessionModel userSession,
            AuthenticatedClientSessionModel clientSession,
            TokenNarrowing narrowing) {
        AccessToken answer = new TokenManager()
                .transformIntrospectionAccessToken(
                        session,
                        token,
                        basicClaims(token),
                        userSession,
                        new NarrowedClientSessionContext(
                                session,
                                DefaultClientSessionContext.fromClientSessionAndScopeParameter(
                                        clientSession, token.getScope(), session),
                                narrowing,
                                scope -> false));
        TokenClaims.restrict(answer, narrowing);
        TokenClaims.limitRoles(session, answer, token);
        answer.audience(token.getAudience());
        answer.setScope(token.getScope());
        copy(token, answer, OAuth2Constants.CLIENT_ID);
        copyProtected(token, answer);
        return answer;
    }

    /** The claims of a token that is not bound, as Keycloak makes them, but for mappers that may not write them. */
    static AccessToken of(
            KeycloakSession session,
            AccessToken token,
            UserSessionModel userSession,
            AuthenticatedClientSessionModel clientSession) {
        AccessToken basic = basicClaims(token);
        basic.audience(token.getAudience());
        return new TokenManager()
                .transformIntrospectionAccessToken(
                        session,
                        token,
                        basic,
                        userSession,
                        SettledMappers.of(
                                session,
                                DefaultClientSessionContext.fromClientSessionAndScopeParameter(
                                        clientSession, token.getScope(), session)));
    }

    /** The claims that no mapper makes, as Keycloak takes them over. */
    private static AccessToken basicClaims(AccessToken token) {
        AccessToken basic = new AccessToken();
        basic.id(token.getId());
        basic.type(token.getType());
        basic.subject(token.getSubject());
        basic.iat(token.getIat());
        basic.exp(token.getExp());
        basic.issuedFor(token.getIssuedFor());
        basic.issuer(token.getIssuer());
        basic.setNonce(token.getNonce());
        basic.setScope(token.getScope());
        basic.setSessionId(token.getSessionId());
        basic.setConfirmation(token.getConfirmation());
        return basic;
    }

    /** Copies what a token says of its subject and its proof: its scopes do not name all those that such mappers are of. */
    private static void copyProtected(AccessToken from, AccessToken to) {
        Optional.ofNullable(from.getSubject()).ifPresent(to::subject);
        Optional.ofNullable(from.getAcr()).ifPresent(to::setAcr);
        Optional.ofNullable(from.getAuth_time()).ifPresent(to::setAuth_time);
        ProtectedClaims.names().stream()
                .filter(from.getOtherClaims()::containsKey)
                .forEach(claim -> copy(from, to, claim));
    }

    private static void copy(AccessToken from, AccessToken to, String claim) {
        Object value = from.getOtherClaims().get(claim);
        if (value == null) {
            to.getOtherClaims().remove(claim);
        } else {
            to.setOtherClaims(claim, value);
        }
    }
}
