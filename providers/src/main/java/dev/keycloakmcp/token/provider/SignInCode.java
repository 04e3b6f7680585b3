package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.Rank;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.policy.Verdict;
import dev.keycloakmcp.policy.provider.ClientOrigin;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.McpRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.OIDCAdvancedConfigWrapper;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.context.TokenRequestContext;

/**
 * Codes of sign-ins that did not begin at the authorization endpoint. Keycloak has such for who forgot the password, or
 * follows a link in a mail: nobody asked policies then, nor for a code challenge.
 */
final class SignInCode {

    private static final String RULE = "code";

    private SignInCode() {}

    /**
     * Nothing that people were not asked about comes of such a code, for clients whose users are asked. A policy that only
     * reports binds no login: it goes by what a login would be bound to, which counts for no token.
     */
    static Decision<Optional<TokenNarrowing>> bound(
            KeycloakSession session,
            ClientPolicyContext context,
            EnforcementMode mode,
            Decision<Optional<TokenNarrowing>> decision) {
        boolean unasked = context instanceof TokenRequestContext code
                && session.getContext().getClient().isConsentRequired()
                && BoundLogin.resource(code.getParseResult()).isEmpty()
                && decision.allowed()
                        .flatMap(narrowing -> narrowing)
                        .filter(narrowing -> mode == EnforcementMode.ENFORCE
                                || !BoundLogin.wouldBeBound(code.getParseResult(), narrowing))
                        .isPresent();
        return unasked
                ? Decision.deny(
                        ReasonCode.RESOURCE_NOT_ASKED,
                        "The code is of a sign-in that was for no MCP server; start again at the authorization endpoint, with"
                                + " the resource parameter.")
                : decision;
    }

    /** Clients that registered themselves prove with each code that they began (RFC 7636), where that is enforced for them. */
    static void requireChallenge(KeycloakSession session, ClientPolicyContext context) {
        if (context instanceof TokenRequestContext code
                && code.getParseResult().getCodeData().getCodeChallenge() == null
                && McpRealm.isOptedIn(session)
                && isEnforced(session.getContext().getClient())) {
            McpRequest.of(session)
                    .add(new Verdict(
                            RULE,
                            Rank.GUARD,
                            EnforcementMode.ENFORCE,
                            Decision.deny(
                                    ReasonCode.CODE_CHALLENGE_MISSING,
                                    "The code is of a sign-in without a code challenge; start again at the authorization"
                                            + " endpoint, with code_challenge.")));
        }
    }

    private static boolean isEnforced(ClientModel client) {
        @Nullable String method = OIDCAdvancedConfigWrapper.fromClientModel(client).getPkceCodeChallengeMethod();
        return method != null
                && !method.isEmpty()
                && (ClientOrigin.isRegistered(client) || ClientOrigin.isMetadataDocument(client));
    }
}
