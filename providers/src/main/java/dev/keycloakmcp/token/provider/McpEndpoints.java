package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.QueriedTarget;
import dev.keycloakmcp.policy.provider.RequestEvent;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.OIDCLoginProtocolService;
import org.keycloak.protocol.oidc.endpoints.AuthorizationEndpoint;
import org.keycloak.protocol.oidc.endpoints.UserInfoEndpoint;
import org.keycloak.protocol.oidc.par.endpoints.ParRootEndpoint;

/**
 * Keycloak's OAuth and OpenID Connect endpoints. In realms that use MCP policies none of them sees a parameter without a
 * value. Keycloak's resource class stays what the server looks up; its paths are not declared again.
 */
final class McpEndpoints extends OIDCLoginProtocolService {

    private final KeycloakSession requestSession;
    private final EventBuilder requestEvent;
    private final boolean optedIn;

    private McpEndpoints(KeycloakSession session, EventBuilder event, boolean optedIn) {
        super(session, event);
        this.requestSession = session;
        this.requestEvent = event;
        this.optedIn = optedIn;
    }

    static McpEndpoints of(KeycloakSession session, EventBuilder event) {
        boolean optedIn = McpRealm.isOptedIn(session);
        if (optedIn) {
            PresentRequest.install(session.getContext());
            RequestEvent.of(session).use(event);
        }
        return new McpEndpoints(session, event, optedIn);
    }

    @Override
    public Object auth() {
        return optedIn ? authorization() : super.auth();
    }

    private AuthorizationEndpoint authorization() {
        holdTargetBack();
        return new Authorization(requestSession, requestEvent);
    }

    private void holdTargetBack() {
        PresentRequest.holdBack(requestSession.getContext(), form -> QueriedTarget.holdBack(requestSession, form));
    }

    @Override
    public Object resolveExtension(String extension) {
        if (optedIn && ParRootEndpoint.PROVIDER_ID.equals(extension)) {
            holdTargetBack();
        }
        return super.resolveExtension(extension);
    }

    @Override
    public Object registrations(@Nullable String token) {
        return optedIn ? authorization().register(token) : super.registrations(token);
    }

    @Override
    public Object forgotCredentialsPage() {
        return optedIn ? authorization().forgotCredentials() : super.forgotCredentialsPage();
    }

    @Override
    public Object token() {
        return optedIn ? new McpTokenEndpoint(requestSession, requestEvent) : super.token();
    }

    @Override
    public Object issueUserInfo() {
        return new UserInfoEndpoint(requestSession, new McpUserInfoManager());
    }

    /** By GET and by POST alike (OpenID Connect Core 3.1.2.1): {@link PresentRequest} has the parameters of both. */
    private static final class Authorization extends AuthorizationEndpoint {

        Authorization(KeycloakSession session, EventBuilder event) {
            super(session, event);
        }

        @Override
        public Response buildGet() {
            return buildPost();
        }
    }
}
