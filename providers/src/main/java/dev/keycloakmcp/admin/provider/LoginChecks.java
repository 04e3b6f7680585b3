package dev.keycloakmcp.admin.provider;

import org.keycloak.events.EventBuilder;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.endpoints.AuthorizationEndpointChecker;
import org.keycloak.protocol.oidc.endpoints.request.AuthorizationEndpointRequest;

/** Keycloak's checks of an authorization request, as its endpoint makes them, but for where the answer goes. */
final class LoginChecks {

    private LoginChecks() {}

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
