package dev.keycloakmcp.admin.provider;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MultivaluedMap;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuthErrorException;
import org.keycloak.events.Details;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.delegate.ClientModelLazyDelegate;
import org.keycloak.protocol.oidc.OIDCConfigAttributes;
import org.keycloak.protocol.oidc.endpoints.AuthorizationEndpointChecker;
import org.keycloak.protocol.oidc.endpoints.request.AuthorizationEndpointRequest;
import org.keycloak.protocol.oidc.endpoints.request.AuthorizationEndpointRequestParserProcessor;

/** Keycloak's checks of an authorization request, as its endpoint makes them, but for where the answer goes. */
final class LoginChecks {

    private LoginChecks() {}

    /** The request of these parameters. */
    static AuthorizationEndpointRequest parse(
            KeycloakSession session, QuietEvent event, MultivaluedMap<String, String> parameters)
            throws RehearsalRefused {
        try {
            return AuthorizationEndpointRequestParserProcessor.parseRequest(
                    event,
                    session,
                    new Unsigned(session.getContext().getClient()),
                    parameters,
                    AuthorizationEndpointRequestParserProcessor.EndpointType.OIDC_AUTH_ENDPOINT);
        } catch (WebApplicationException e) {
            // Keycloak shows a page.
            throw new RehearsalRefused(
                    OAuthErrorException.INVALID_REQUEST,
                    event.found(Details.REASON).orElse(null));
        }
    }

    /** A client as one that sends no request object, also where it has to: what one would say is known. */
    private static final class Unsigned extends ClientModelLazyDelegate {

        Unsigned(ClientModel client) {
            super(() -> client);
        }

        @Override
        public @Nullable String getAttribute(String name) {
            return OIDCConfigAttributes.REQUEST_OBJECT_REQUIRED.equals(name) ? null : super.getAttribute(name);
        }
    }

    static void check(KeycloakSession session, EventBuilder event, AuthorizationEndpointRequest request)
            throws RehearsalRefused {
        AuthorizationEndpointChecker checker = new AuthorizationEndpointChecker()
                .event(event)
                .client(session.getContext().getClient())
                .realm(session.getContext().getRealm())
                .request(request)
                .session(session);
        try {
            checker.checkResponseType();
            checker.checkInvalidRequestMessage();
            checker.checkOIDCRequest();
            checker.checkValidScope();
            checker.checkValidResource();
            checker.checkOIDCParams();
            checker.checkPKCEParams();
            checker.checkProviderAddOns();
        } catch (AuthorizationEndpointChecker.AuthorizationCheckException e) {
            throw new RehearsalRefused(e.getError(), e.getErrorDescription());
        }
    }
}
