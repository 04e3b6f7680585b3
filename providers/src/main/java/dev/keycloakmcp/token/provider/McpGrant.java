package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.McpRefusal;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.policy.provider.McpSuspension;
import dev.keycloakmcp.policy.provider.RequestEvent;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import org.keycloak.OAuth2Constants;
import org.keycloak.events.EventType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.grants.OAuth2GrantType;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.CorsErrorResponseException;
import org.keycloak.services.clientpolicy.ClientPolicyException;

/** One of Keycloak's grants, whose tokens {@link McpTokenManager} makes, as MCP policies decide. */
public final class McpGrant implements OAuth2GrantType {

    private final KeycloakSession session;
    private final OAuth2GrantType delegate;
    private final Set<String> repeatable;

    public McpGrant(KeycloakSession session, OAuth2GrantType delegate) {
        this(session, delegate, Set.of());
    }

    /**
     * A grant that answers for some repeated parameters itself.
     *
     * @param repeatable names of parameters that may be sent more than once in realms that use MCP policies
     */
    McpGrant(KeycloakSession session, OAuth2GrantType delegate, Set<String> repeatable) {
        this.session = session;
        this.delegate = delegate;
        this.repeatable = repeatable;
    }

    @Override
    public Response process(Context context) {
        RequestEvent.of(session).use(context.getEvent());
        if (McpRealm.isOptedIn(session)) {
            GrantParameters.normalize(context).ifPresent(deny -> {
                throw refusal(context, deny.reason(), deny.detail());
            });
            refuseSuspended(context);
            McpRequest.of(session).expectToken();
        }
        return delegate.process(new Context(
                session,
                context.getClientConfig(),
                context.getClientAuthAttributes(),
                context.getFormParams(),
                context.getEvent(),
                context.getCors(),
                new McpTokenManager(
                        session, context.getEvent(), context.getCors(), GrantParameters.hasSeveralTargets(context))));
    }

    /** A token that is bound to an MCP server is not for Keycloak's own interfaces, whichever grant it is of. */
    @Override
    public boolean isTokenAllowed(KeycloakSession current, AccessToken token) {
        return delegate.isTokenAllowed(current, token) && BoundToken.isForKeycloak(current, token);
    }

    @Override
    public Set<String> getSupportedMultivaluedRequestParameters() {
        Set<String> supported = delegate.getSupportedMultivaluedRequestParameters();
        return McpRealm.isOptedIn(session) ? GrantParameters.multivalued(supported, repeatable) : supported;
    }

    @Override
    public EventType getEventType() {
        return delegate.getEventType();
    }

    @Override
    public Set<String> getTokenParameterNames() {
        return delegate.getTokenParameterNames();
    }

    @Override
    public void preProcess(KeycloakSession current, MultivaluedMap<String, String> formParams)
            throws ClientPolicyException {
        delegate.preProcess(current, formParams);
    }

    @Override
    public void close() {
        delegate.close();
    }

    /** Before anything else, so that no code or refresh token is used up; an exchange says more about it. */
    private static void refuseSuspended(Context context) {
        if (McpSuspension.isSuspended(context.getSession(), context.getClient())
                && !OAuth2Constants.TOKEN_EXCHANGE_GRANT_TYPE.equals(context.getGrantType())) {
            throw refusal(context, ReasonCode.CLIENT_SUSPENDED, McpSuspension.CLIENT_DETAIL);
        }
    }

    private static CorsErrorResponseException refusal(Context context, ReasonCode reason, String detail) {
        return McpRefusal.of(context.getSession(), context.getEvent(), context.getCors(), reason, detail);
    }
}
