package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.Rank;
import dev.keycloakmcp.policy.RequestFacts;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.policy.provider.BackchannelTarget;
import dev.keycloakmcp.policy.provider.DeviceTarget;
import dev.keycloakmcp.policy.provider.DroppedParameters;
import dev.keycloakmcp.policy.provider.McpConsentNote;
import dev.keycloakmcp.policy.provider.McpExecutor;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.policy.provider.PushedTarget;
import dev.keycloakmcp.policy.provider.RequestEvent;
import dev.keycloakmcp.policy.provider.SignIn;
import dev.keycloakmcp.resource.TargetRule;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.grants.ciba.clientpolicy.context.BackchannelAuthenticationRequestContext;
import org.keycloak.protocol.oidc.grants.device.clientpolicy.context.DeviceAuthorizationRequestContext;
import org.keycloak.protocol.oidc.par.clientpolicy.context.PushedAuthorizationRequestContext;
import org.keycloak.services.ErrorResponseException;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.ClientPolicyException;
import org.keycloak.services.clientpolicy.context.AuthorizationRequestContext;
import org.keycloak.services.clientpolicy.context.ImplicitHybridTokenResponse;
import org.keycloak.services.clientpolicy.context.ServiceAccountTokenRequestContext;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * Binds tokens to one MCP server (RFC 8707). Authorization, pushed authorization and device authorization requests are
 * answered here; at the token endpoint the verdict takes effect where tokens are made.
 */
final class McpResourceIndicatorExecutor extends McpExecutor<McpResourceIndicatorConfiguration> {

    McpResourceIndicatorExecutor(KeycloakSession session) {
        super(session, new McpResourceIndicatorConfiguration());
    }

    @Override
    public void executeOnEvent(ClientPolicyContext context) throws ClientPolicyException {
        if (context instanceof ImplicitHybridTokenResponse response) {
            BoundLogin.bindIdToken(response);
            return;
        }
        Optional<RequestFacts> facts = facts(context);
        if (facts.isEmpty()) {
            return;
        }
        Optional<Decision.Deny<Optional<TokenNarrowing>>> dropped = DroppedParameters.refusal(session, context);
        if (context instanceof DeviceAuthorizationRequestContext && dropped.isEmpty() && namesNone(facts.get())) {
            // The device may still name it when it asks for the token.
            return;
        }
        if (context instanceof BackchannelAuthenticationRequestContext
                && facts.get().target().resources().isEmpty()) {
            return; // as for a device
        }
        Decision<Optional<TokenNarrowing>> decision = deciding(() -> dropped.isPresent()
                ? dropped.get()
                : SignInCode.bound(session, context, enforcement(), decide(context, facts.get())));
        McpRequest request = McpRequest.of(session);
        request.add(configuration().form(), enforcement());
        add(Rank.GENERAL, decision);
        switch (context.getEvent()) {
            case AUTHORIZATION_REQUEST -> {
                answer(request);
                AuthenticationSessionModel login = ((AuthorizationRequestContext) context).getAuthenticationSession();
                request.narrowing().ifPresent(narrowing -> BoundLogin.bind(login, narrowing));
                ReportedLogin.note(login, request.verdicts());
                request.wouldNarrow().ifPresent(narrowing -> BoundLogin.wouldBind(login, narrowing));
                if (isEnforced()) {
                    McpConsentNote.set(login, configuration().rememberConsent());
                }
            }
            case PUSHED_AUTHORIZATION_REQUEST -> {
                answer(request);
                PushedTarget.store((PushedAuthorizationRequestContext) context, target(request));
            }
            case BACKCHANNEL_AUTHENTICATION_REQUEST -> {
                answer(request);
                target(request)
                        .ifPresent(url -> BackchannelTarget.store(
                                ((BackchannelAuthenticationRequestContext) context).getParsedRequest(), url));
            }
            case BACKCHANNEL_TOKEN_REQUEST -> {
                if (isEnforced()) {
                    decision.denied().ifPresent(this::refuse);
                }
            }
            case DEVICE_AUTHORIZATION_REQUEST -> {
                answer(request);
                target(request)
                        .ifPresent(url ->
                                DeviceTarget.store(((DeviceAuthorizationRequestContext) context).getRequest(), url));
            }
            default -> {
                // takes effect in McpTokenManager
            }
        }
    }

    private Decision<Optional<TokenNarrowing>> decide(ClientPolicyContext context, RequestFacts facts) {
        if (context instanceof AuthorizationRequestContext authorization
                && authorization.getParsedResponseType().hasResponseType("token")) {
            return Decision.deny(
                    ReasonCode.RESPONSE_TYPE_NOT_ALLOWED,
                    "Access tokens are issued by the token endpoint only; use the response type code.");
        }
        TokenNarrowing.OfflineAccess offlineAccess = context instanceof ServiceAccountTokenRequestContext
                ? TokenNarrowing.OfflineAccess.DROPPED
                : TokenNarrowing.OfflineAccess.KEPT;
        return new TargetRule(configuration().whenMissing())
                .decide(facts.target(), McpServerRegistry.of(session))
                .map(target -> target.map(TokenNarrowing::to)
                        .map(narrowing -> SignIn.withScopes(context, narrowing, facts.requestedScopes()))
                        .map(narrowing -> narrowing
                                .with(offlineAccess)
                                .with(configuration().form())));
    }

    /** A client that means its default by that names it: people are shown it. */
    private boolean namesNone(RequestFacts facts) {
        TargetRule rule = new TargetRule(configuration().whenMissing());
        return facts.target().resources().isEmpty()
                && rule.byDefault(facts.target(), McpServerRegistry.of(session)).isEmpty();
    }

    /** Before Keycloak stores the consent that the person gave at another device, and begins a session. */
    private void refuse(Decision.Deny<Optional<TokenNarrowing>> deny) {
        McpRequest.of(session).settle();
        RequestEvent.of(session).refuse(deny.reason(), deny.detail());
        throw new ErrorResponseException(deny.reason().error(), deny.detail(), Response.Status.BAD_REQUEST);
    }

    private static Optional<String> target(McpRequest request) {
        return request.narrowing().map(narrowing -> narrowing.server().resourceUrl());
    }

    private static void answer(McpRequest request) throws ClientPolicyException {
        Optional<Decision.Deny<Optional<TokenNarrowing>>> denied = request.settle();
        if (denied.isPresent()) {
            throw new ClientPolicyException(
                    denied.get().reason().error(), denied.get().detail());
        }
    }
}
