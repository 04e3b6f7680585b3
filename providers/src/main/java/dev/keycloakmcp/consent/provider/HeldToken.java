package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.TokenParameters;
import dev.keycloakmcp.support.ScopeParameter;
import java.util.List;
import java.util.Optional;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.representations.AccessToken;

/**
 * The subject token of an exchange by the client that holds it, for the MCP server that it is bound to. What it is good for was
 * allowed before, as at a refresh: settings that make sessions longer take none of it away.
 *
 * @param scopes the scopes that it holds
 * @param allowed what was allowed in sessions of its kind
 */
record HeldToken(List<String> scopes, AllowedAccess allowed) {

    /**
     * That of the current request; empty where there is none such.
     *
     * @param all all that was allowed at the server of the request
     */
    static Optional<HeldToken> of(KeycloakSession session, AllowedAccess all) {
        if (!OAuth2Constants.TOKEN_EXCHANGE_GRANT_TYPE.equals(TokenParameters.grantType(session))) {
            return Optional.empty();
        }
        return TokenParameters.token(session, OAuth2Constants.SUBJECT_TOKEN, AccessToken.class)
                .filter(token -> all.client().getClientId().equals(token.getIssuedFor()))
                .filter(token -> DelegationClaims.resource(token)
                        .filter(all.server()::equals)
                        .isPresent())
                .map(token -> new HeldToken(ScopeParameter.list(token.getScope()), all.ofItsKind()));
    }

    /** True for a scope that it holds, and that was allowed. */
    boolean holds(String scope) {
        return scopes.contains(scope) && allowed.holds(scope);
    }
}
