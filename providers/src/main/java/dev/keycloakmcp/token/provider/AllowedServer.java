package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.policy.provider.AssumedEnforcement;
import dev.keycloakmcp.policy.provider.RefreshedTarget;
import dev.keycloakmcp.policy.provider.ServerConsent;
import dev.keycloakmcp.policy.provider.TokenParameters;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserConsentModel;
import org.keycloak.models.UserModel;
import org.keycloak.services.managers.UserConsentManager;

/** The MCP servers that a person allowed a client whose users are asked. */
public final class AllowedServer {

    private AllowedServer() {}

    /** The refusal of what the user was not asked about. */
    public static Decision.Deny<Object> missing() {
        return new Decision.Deny<>(
                ReasonCode.CONSENT_MISSING,
                "The user has not allowed the client this access; send the user to the authorization endpoint for it.");
    }

    /** True when a token for the server may be made. A machine acts for nobody by a token of its own. */
    static boolean isAllowed(
            KeycloakSession session, TokenNarrowing narrowing, UserModel user, ClientSessionContext context) {
        ClientModel client = context.getClientSession().getClient();
        if (!client.isConsentRequired() || client.getId().equals(user.getServiceAccountClientLink())) {
            return true;
        }
        @Nullable UserConsentModel consent =
                UserConsentManager.getConsentByClient(session, client.getRealm(), user, client.getId());
        if (consent == null) {
            return !asks(client, context);
        }
        return !(consent instanceof ServerConsent given)
                || given.isForServer(holdsAskedScope(narrowing, context))
                || isOfLogin(session, narrowing) && !asks(client, context);
    }

    /** True where the token holds a scope of the server that people read of: by others they know nothing of the server. */
    private static boolean holdsAskedScope(TokenNarrowing narrowing, ClientSessionContext context) {
        return context.getClientScopesStream()
                .filter(ClientScopeModel::isDisplayOnConsentScreen)
                .anyMatch(scope -> narrowing.server().owns(scope.getName())
                        && narrowing.keeps(scope.getName(), scope.isIncludeInTokenScope()));
    }

    /**
     * True when a token for the server may be made by what people allowed so far, if policies that only report were enforced.
     * At a sign-in they are asked about the server then, and are taken to allow it.
     */
    static boolean wouldBeAllowed(
            KeycloakSession session, TokenNarrowing narrowing, UserModel user, ClientSessionContext context) {
        String grant = TokenParameters.grantType(session);
        return !OAuth2Constants.REFRESH_TOKEN.equals(grant) && !OAuth2Constants.TOKEN_EXCHANGE_GRANT_TYPE.equals(grant)
                || AssumedEnforcement.ask(
                        session,
                        () -> isAllowed(session, narrowing, user, ShadowToken.narrowed(session, context, narrowing)));
    }

    /** True for the token of a login that was for the server, where Keycloak had nothing to ask, and those refreshed since. */
    private static boolean isOfLogin(KeycloakSession session, TokenNarrowing narrowing) {
        return OAuth2Constants.AUTHORIZATION_CODE.equals(TokenParameters.grantType(session))
                || RefreshedTarget.is(session, narrowing.server());
    }

    /** True when Keycloak would ask at a login. Where no scope has a text for people, administrators wanted no question. */
    private static boolean asks(ClientModel client, ClientSessionContext context) {
        ClientSessionContext whole =
                context instanceof NarrowedClientSessionContext narrowed ? narrowed.delegate() : context;
        return Stream.concat(client.getClientScopes(true).values().stream(), whole.getClientScopesStream())
                .anyMatch(ClientScopeModel::isDisplayOnConsentScreen);
    }
}
