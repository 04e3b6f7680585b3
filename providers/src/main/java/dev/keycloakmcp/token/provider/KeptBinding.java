package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.Rank;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.policy.Verdict;
import dev.keycloakmcp.policy.provider.BackchannelTarget;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.DeviceTarget;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.resource.ResourceIndicator;
import dev.keycloakmcp.resource.TargetRule;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import dev.keycloakmcp.support.ScopeParameter;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.grants.ciba.clientpolicy.context.BackchannelTokenRequestContext;
import org.keycloak.protocol.oidc.grants.device.clientpolicy.context.DeviceTokenRequestContext;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.RefreshToken;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.context.TokenRequestContext;

/**
 * The binding of codes and tokens, which outlives the policy that decided it: when no policy matches any more, say because all
 * scopes of MCP servers were taken from a client, or when policies only report from now on. What was narrow never becomes wide.
 */
public final class KeptBinding {

    private static final String REFRESH_TOKEN = "bound-refresh-token";
    private static final String CODE = "bound-code";
    private static final String SUBJECT_TOKEN = "bound-subject-token";

    private KeptBinding() {}

    /** Keeps the one of a refresh token, for the scopes that are asked for. */
    static void of(KeycloakSession session, RefreshToken token, @Nullable String scope) {
        keep(
                session,
                REFRESH_TOKEN,
                DelegationClaims.resource(token),
                narrowing -> narrowing.withRequestedScopes(
                        Optional.of(ScopeParameter.names(scope).orElse(Set.of()))));
    }

    /** Keeps the one of a code, of a device code, or of a backchannel authentication request, once policies had their say. */
    static void of(KeycloakSession session, ClientPolicyContext context) {
        if (context instanceof TokenRequestContext code) {
            keep(
                    session,
                    CODE,
                    BoundLogin.resource(code.getParseResult()),
                    signIn(code.getParseResult().getCodeData().getScope()));
        } else if (context instanceof DeviceTokenRequestContext device) {
            DeviceTarget.answered(session, device.getDeviceCodeModel());
            keep(
                    session,
                    CODE,
                    DeviceTarget.of(device.getDeviceCodeModel()),
                    signIn(device.getDeviceCodeModel().getScope()));
        } else if (context instanceof BackchannelTokenRequestContext backchannel) {
            keep(
                    session,
                    CODE,
                    BackchannelTarget.of(backchannel.getParsedRequest()),
                    signIn(backchannel.getParsedRequest().getScope()));
        }
    }

    private static UnaryOperator<TokenNarrowing> signIn(@Nullable String scope) {
        return narrowing -> narrowing.withScopesOrDefaults(ScopeParameter.names(scope));
    }

    private static void keep(
            KeycloakSession session, String rule, Optional<String> bound, UnaryOperator<TokenNarrowing> scopes) {
        McpRequest request = McpRequest.of(session);
        if (request.isEnforced() || bound.isEmpty() || !McpRealm.isOptedIn(session)) {
            return;
        }
        Decision<Optional<TokenNarrowing>> decision = bound.flatMap(ResourceIndicator::parse)
                .map(McpServerRegistry.of(session)::claiming)
                .filter(claiming -> claiming.size() == 1)
                .<Decision<Optional<TokenNarrowing>>>map(claiming -> Decision.allow(Optional.of(
                        scopes.apply(TokenNarrowing.to(claiming.get(0))).with(TokenNarrowing.OfflineAccess.KEPT))))
                .orElseGet(() -> Decision.deny(ReasonCode.RESOURCE_UNKNOWN, TargetRule.NOT_FOR_THIS_CLIENT));
        request.enforce(rule, decision);
    }

    /**
     * Makes the token of an exchange a bound one where the subject token is: for the server that policies decide, also those
     * that only report; denied where they leave it to none.
     */
    public static void ofExchange(KeycloakSession session, AccessToken subject) {
        McpRequest request = McpRequest.of(session);
        if (request.isRefused() || request.narrowing().isPresent() || !BoundToken.isBound(session, subject)) {
            return;
        }
        request.reported()
                .ifPresentOrElse(
                        narrowing -> request.enforce(SUBJECT_TOKEN, Decision.allow(Optional.of(narrowing))),
                        () -> refuseExchange(session));
    }

    /** Denies to make anything of a bound subject token where nothing narrows what is made. */
    public static void refuseExchange(KeycloakSession session) {
        McpRequest.of(session)
                .add(new Verdict(
                        SUBJECT_TOKEN,
                        Rank.GUARD,
                        EnforcementMode.ENFORCE,
                        Decision.deny(
                                ReasonCode.TOKEN_BOUND,
                                "The subject_token is for one MCP server, and what is made of it has to be as well; name a"
                                        + " server that the client may use in the resource parameter.")));
    }
}
