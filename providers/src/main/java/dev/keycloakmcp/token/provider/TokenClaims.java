package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.RealmClaims;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.policy.provider.RefreshedTarget;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.common.util.Time;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.encode.AccessTokenContext;
import org.keycloak.protocol.oidc.encode.TokenContextEncoderProvider;
import org.keycloak.protocol.oidc.token.TokenPostProcessorContext;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.JsonWebToken;

/** The last word on the claims of a token, after all mappers. */
final class TokenClaims {

    private static final Set<String> RESTRICTED = Set.of("aud", "scope", "scp", "realm_access", "resource_access");

    private TokenClaims() {}

    /** Binds an access token, and the refresh token that comes with it. */
    static void bind(TokenNarrowing narrowing, TokenPostProcessorContext tokens) {
        if (tokens.accessToken() == null) {
            return;
        }
        bind(narrowing, tokens.accessToken(), tokens.clientSessionCtx());
        if (tokens.refreshToken() != null) {
            DelegationClaims.bind(tokens.refreshToken(), narrowing.server().resourceUrl());
        }
    }

    /** Binds an access token. */
    static void bind(TokenNarrowing narrowing, AccessToken token, ClientSessionContext context) {
        restrict(token, narrowing);
        issue(token, token.getIssuedFor());
        DelegationClaims.bind(token, narrowing.server().resourceUrl());
        long issuedAt = Optional.ofNullable(token.getIat()).orElseGet(() -> (long) Time.currentTime());
        token.exp(narrowing.expiry(Optional.ofNullable(token.getExp()).orElse(0L), issuedAt));
        if (narrowing.form().isRfc9068()) {
            profile(token, context);
        }
    }

    /** Takes the claim of a bound token away from an access token that is not. */
    static void unbind(KeycloakSession session, TokenPostProcessorContext tokens) {
        AccessToken token = tokens.accessToken();
        if (token != null && McpRealm.isOptedIn(session)) {
            token.getOtherClaims().remove(DelegationClaims.RESOURCE);
            issue(token, token.getIssuedFor());
        }
    }

    /** Says in a refresh token to which server it would be bound, or that of the login was, if policies were enforced. */
    static void report(KeycloakSession session, TokenPostProcessorContext tokens) {
        if (tokens.refreshToken() != null && McpRealm.isOptedIn(session)) {
            McpRequest.of(session)
                    .wouldNarrow()
                    .map(narrowing -> narrowing.server().resourceUrl())
                    .or(() -> RefreshedTarget.ofLogin(session))
                    .ifPresent(url -> RefreshedTarget.report(tokens.refreshToken(), url));
        }
    }

    /**
     * Leaves the claims that are Keycloak's as Keycloak wrote them: a mapper cannot change them, but can write another of the
     * same name beside one, of which readers take the last. Nor does a token name another client than the one it is for.
     */
    static void issue(JsonWebToken token, @Nullable String clientId) {
        token.getOtherClaims().keySet().removeAll(RealmClaims.keycloaks());
        token.getOtherClaims().computeIfPresent(OAuth2Constants.CLIENT_ID, (name, mapped) -> clientId);
    }

    /** Audience, scopes and roles of the target and nothing else. */
    static void restrict(AccessToken token, TokenNarrowing narrowing) {
        token.audience(narrowing.audience().toArray(String[]::new));
        token.setScope(
                narrowing.scopeClaim(Optional.ofNullable(token.getScope()).orElse("")));
        restrictRoles(token, narrowing);
    }

    /** Roles of the target and nothing else. */
    static void restrictRoles(AccessToken token, TokenNarrowing narrowing) {
        token.setRealmAccess(null);
        AccessToken.Access own = token.getResourceAccess(narrowing.server().clientId());
        token.setResourceAccess(own == null ? null : Map.of(narrowing.server().clientId(), own));
        // Mappers can write them by name as well.
        token.getOtherClaims().keySet().removeAll(RESTRICTED);
    }

    /**
     * Leaves no role in an answer about a token that the token does not say, such as one at a client that has the server's
     * URI since. A lightweight token leaves them to introspection.
     */
    static void limitRoles(KeycloakSession session, AccessToken answer, AccessToken token) {
        Map<String, AccessToken.Access> said = token.getResourceAccess();
        if (said.isEmpty() && isLightweight(session, token)) {
            return;
        }
        Map<String, AccessToken.Access> left = new HashMap<>();
        answer.getResourceAccess().forEach((client, access) -> {
            Set<String> roles = new TreeSet<>(rolesOf(access));
            roles.retainAll(rolesOf(said.get(client)));
            if (!roles.isEmpty()) {
                left.put(client, access.roles(roles));
            }
        });
        answer.setResourceAccess(left.isEmpty() ? null : left);
    }

    private static boolean isLightweight(KeycloakSession session, AccessToken token) {
        return session.getProvider(TokenContextEncoderProvider.class)
                        .getTokenContextFromTokenId(Objects.requireNonNullElse(token.getId(), ""))
                        .getTokenType()
                == AccessTokenContext.TokenType.LIGHTWEIGHT;
    }

    private static Set<String> rolesOf(AccessToken.@Nullable Access access) {
        return access == null || access.getRoles() == null ? Set.of() : access.getRoles();
    }

    /** RFC 9068 section 2.2: {@code client_id} and {@code sub}. */
    private static void profile(AccessToken token, ClientSessionContext context) {
        token.getOtherClaims().put(OAuth2Constants.CLIENT_ID, token.getIssuedFor());
        if (token.getSubject() == null) {
            token.subject(context.getClientSession().getUserSession().getUser().getId());
        }
    }
}
