package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.McpEventDetails;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.McpRefusal;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.policy.provider.McpSuspension;
import jakarta.ws.rs.core.Response;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.keycloak.OAuth2Constants;
import org.keycloak.events.Details;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.grants.OAuth2GrantType;
import org.keycloak.services.CorsErrorResponseException;

/** What Keycloak's grant types need to make tokens as MCP policies decide. */
final class McpGrants {

    /** Added to the order of Keycloak's own factory of the same id, to take its place. */
    static final int PRECEDENCE = 1;

    private static final Set<String> TARGETS = Set.of(OAuth2Constants.RESOURCE, OAuth2Constants.AUDIENCE);

    /** What says how much less than everything a request is for. */
    private static final List<String> NARROWING =
            List.of(OAuth2Constants.SCOPE, OAuth2Constants.RESOURCE, OAuth2Constants.AUDIENCE);

    private McpGrants() {}

    /** The same request, with tokens made by {@link McpTokenManager}. */
    static OAuth2GrantType.Context prepare(OAuth2GrantType.Context context) {
        KeycloakSession session = context.getSession();
        McpRequest.of(session).observe(context.getEvent());
        if (McpRealm.isOptedIn(context.getRealm())) {
            NARROWING.forEach(name -> restore(context, name));
            // RFC 6749 3.2: a parameter without a value counts as omitted. Agent frameworks send empty ones.
            NARROWING.forEach(name -> removeBlank(context, name));
            refuseSuspended(context);
            refuseDelegatedAssertion(context);
        }
        return new OAuth2GrantType.Context(
                session,
                context.getClientConfig(),
                context.getClientAuthAttributes(),
                context.getFormParams(),
                context.getEvent(),
                context.getCors(),
                new McpTokenManager(session, context.getEvent(), context.getCors(), hasSeveralTargets(context)));
    }

    /** Lets several targets through to the policies, which refuse them with {@code invalid_target} (RFC 8707 2). */
    static Set<String> multivalued(KeycloakSession session, Set<String> keycloaks) {
        if (!McpRealm.isOptedIn(session.getContext().getRealm())) {
            return keycloaks;
        }
        Set<String> names = new HashSet<>(keycloaks);
        names.addAll(TARGETS);
        return names;
    }

    /** Before anything else, so that no code or refresh token is used up; an exchange says more about it. */
    private static void refuseSuspended(OAuth2GrantType.Context context) {
        if (McpSuspension.isSuspended(context.getRealm(), context.getClient())
                && !OAuth2Constants.TOKEN_EXCHANGE_GRANT_TYPE.equals(context.getGrantType())) {
            McpSuspension.announce(context.getEvent());
            throw McpRefusal.of(
                    context.getSession(),
                    context.getEvent(),
                    context.getCors(),
                    ReasonCode.CLIENT_SUSPENDED,
                    McpSuspension.CLIENT_DETAIL);
        }
    }

    /** The JWT authorization grant (RFC 7523) makes a user's token of it, in which nobody would act any more. */
    private static void refuseDelegatedAssertion(OAuth2GrantType.Context context) {
        String assertion = context.getFormParams().getFirst(OAuth2Constants.ASSERTION);
        if (OAuth2Constants.JWT_AUTHORIZATION_GRANT.equals(context.getGrantType())
                && DelegationClaims.areClaimedBy(assertion)) {
            ReasonCode reason = ReasonCode.DELEGATION_LAUNDERED;
            String detail = "An assertion with an act or may_act claim is not accepted.";
            context.getEvent()
                    .detail(Details.REASON, detail)
                    .detail(McpEventDetails.DECISION, "deny")
                    .detail(McpEventDetails.REASON, reason.code())
                    .error(reason.error());
            throw new CorsErrorResponseException(
                    context.getCors(), reason.error(), detail, Response.Status.BAD_REQUEST);
        }
    }

    private static boolean hasSeveralTargets(OAuth2GrantType.Context context) {
        return !OAuth2Constants.TOKEN_EXCHANGE_GRANT_TYPE.equals(context.getGrantType())
                && context.getFormParams().entrySet().stream()
                        .filter(parameter -> TARGETS.contains(parameter.getKey()))
                        .map(Map.Entry::getValue)
                        .anyMatch(values -> values.size() > 1);
    }

    /** Keycloak drops parameters that are too long: what nobody has must not become everything. */
    private static void restore(OAuth2GrantType.Context context, String name) {
        List<String> sent = context.getSession()
                .getContext()
                .getHttpRequest()
                .getDecodedFormParameters()
                .get(name);
        if (sent != null) {
            context.getFormParams().putIfAbsent(name, sent);
        }
    }

    private static void removeBlank(OAuth2GrantType.Context context, String name) {
        List<String> values = context.getFormParams().get(name);
        if (values != null && values.stream().allMatch(String::isBlank)) {
            context.getFormParams().remove(name);
        }
    }
}
