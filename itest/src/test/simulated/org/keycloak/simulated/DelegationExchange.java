package org.keycloak.simulated;

import jakarta.ws.rs.core.Response;
import java.util.HashMap;
import java.util.Map;
import org.keycloak.Config;
import org.keycloak.events.Errors;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.protocol.oidc.OIDCAdvancedConfigWrapper;
import org.keycloak.protocol.oidc.TokenExchangeContext;
import org.keycloak.protocol.oidc.TokenExchangeProvider;
import org.keycloak.protocol.oidc.TokenExchangeProviderFactory;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.protocol.oidc.tokenexchange.StandardTokenExchangeProvider;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.CorsErrorResponseException;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.services.managers.AuthenticationManager.AuthResult;
import org.keycloak.services.managers.UserSessionManager;

/** Delegation: whoever the subject token's may_act names, and the actor token proves, acts by the new token. */
public class DelegationExchange implements TokenExchangeProviderFactory {

    @Override
    public TokenExchangeProvider create(KeycloakSession session) {
        return new Provider();
    }

    @Override
    public String getId() {
        return "delegation";
    }

    @Override
    public int order() {
        return 15;
    }

    @Override
    public void init(Config.Scope config) {}

    @Override
    public void postInit(KeycloakSessionFactory factory) {}

    @Override
    public void close() {}

    private static final class Provider extends StandardTokenExchangeProvider {

        private AccessToken subject;
        private AccessToken actor;

        @Override
        public boolean supports(TokenExchangeContext exchange) {
            return SimulatedRealm.is(exchange.getRealm())
                    && OIDCAdvancedConfigWrapper.fromClientModel(exchange.getClient()).isStandardTokenExchangeEnabled()
                    && exchange.getParams().getActorToken() != null;
        }

        @Override
        protected Response tokenExchange() {
            AuthResult user = verified(params.getSubjectToken());
            AuthResult acting = verified(params.getActorToken());
            subject = user.token();
            actor = acting.token();
            event.user(user.user());
            event.detail("username", user.user().getUsername());
            event.detail("subject_token_client_id", subject.getIssuedFor());
            boolean machine = acting.user().getServiceAccountClientLink() != null;
            event.detail("actor_type", machine ? "client" : "user");
            event.detail("actor", machine ? actor.getIssuedFor() : acting.user().getUsername());
            event.detail("actor_id", acting.user().getId());
            if (!(subject.getOtherClaims().get("may_act") instanceof Map<?, ?> mayAct)
                    || !acting.user().getId().equals(mayAct.get("sub"))) {
                throw refused("Simulated: may_act");
            }
            UserSessionModel transientSession = new UserSessionManager(session)
                    .createUserSession(
                            KeycloakModelUtils.generateId(),
                            realm,
                            user.user(),
                            user.user().getUsername(),
                            clientConnection.getRemoteHost(),
                            "client_auth",
                            false,
                            null,
                            null,
                            UserSessionModel.SessionPersistenceState.TRANSIENT);
            return exchangeClientToClient(user.user(), transientSession, subject, true);
        }

        private AuthResult verified(String token) {
            ClientModel requester = session.getContext().getClient();
            AuthResult verified = AuthenticationManager.verifyIdentityToken(
                    session,
                    realm,
                    session.getContext().getUri(),
                    clientConnection,
                    true,
                    true,
                    null,
                    false,
                    token,
                    headers,
                    verifier -> {});
            session.getContext().setClient(requester);
            if (verified == null) {
                throw refused("Simulated: invalid token");
            }
            return verified;
        }

        private CorsErrorResponseException refused(String description) {
            event.error(Errors.INVALID_TOKEN);
            return new CorsErrorResponseException(cors, "invalid_request", description, Response.Status.BAD_REQUEST);
        }

        @Override
        protected void checkRequestedAudiences(TokenManager.AccessTokenResponseBuilder response) {
            super.checkRequestedAudiences(response);
            Map<String, Object> act = new HashMap<>();
            ((Map<?, ?>) subject.getOtherClaims().get("may_act")).forEach((name, value) -> act.put((String) name, value));
            Object earlier = actor.getOtherClaims().get("act");
            if (earlier != null) {
                act.put("act", earlier);
            }
            response.getAccessToken().getOtherClaims().put("act", act);
        }
    }
}
