package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.policy.provider.QueriedTarget;
import dev.keycloakmcp.policy.provider.RequestEvent;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keycloak.OAuth2Constants;
import org.keycloak.OAuthErrorException;
import org.keycloak.common.util.Time;
import org.keycloak.common.util.UriUtils;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.LoginProtocol;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.protocol.oidc.endpoints.AuthorizationEndpoint;
import org.keycloak.protocol.oidc.endpoints.request.AuthorizationEndpointRequest;
import org.keycloak.protocol.oidc.utils.OIDCResponseType;
import org.keycloak.services.Urls;
import org.keycloak.services.clientpolicy.ClientPolicyException;
import org.keycloak.services.clientpolicy.context.AuthorizationRequestContext;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.services.managers.AuthenticationSessionManager;
import org.keycloak.services.managers.UserSessionManager;
import org.keycloak.sessions.AuthenticationSessionModel;

/** A login that nobody began, from the authorization request to the code, as a person would sign in at a client. */
final class RehearsedLogin {

    private final KeycloakSession session;
    private final RealmModel realm;
    private final ClientModel client;
    private final QuietEvent event;
    private final String redirectUri;

    RehearsedLogin(KeycloakSession session, QuietEvent event) {
        this.session = session;
        this.realm = session.getContext().getRealm();
        this.client = session.getContext().getClient();
        this.event = event;
        this.redirectUri = LoginParameters.redirectUri(client);
    }

    /** The code of a request, whose parameters those of the session's context are. */
    String code(UserModel user) throws RehearsalRefused {
        MultivaluedMap<String, String> parameters =
                session.getContext().getHttpRequest().getDecodedFormParameters();
        RequestEvent.of(session).use(event);
        QueriedTarget.holdBack(session, parameters);
        AuthenticationSessionModel login = new AuthenticationSessionManager(session)
                .createAuthenticationSession(realm, false)
                .createAuthenticationSession(client);
        AuthorizationEndpointRequest request = LoginChecks.parse(session, event, parameters);
        LoginChecks.check(session, event, request);
        try {
            session.clientPolicy()
                    .triggerOnEvent(new AuthorizationRequestContext(
                            OIDCResponseType.parse(OIDCResponseType.CODE), request, redirectUri, parameters, login));
        } catch (ClientPolicyException e) {
            throw new RehearsalRefused(e.getError(), e.getErrorDetail());
        }
        note(login, request);
        login.setAuthenticatedUser(user);
        return authenticated(login, signIn(login.getParentSession().getId(), user));
    }

    /** The session of a person who signed in. */
    UserSessionModel signIn(String id, UserModel user) {
        UserSessionModel signedIn = new UserSessionManager(session)
                .createUserSession(
                        id,
                        realm,
                        user,
                        user.getUsername(),
                        session.getContext().getConnection().getRemoteHost(),
                        OIDCLoginProtocol.LOGIN_PROTOCOL,
                        false,
                        null,
                        null,
                        UserSessionModel.SessionPersistenceState.PERSISTENT);
        signedIn.setNote(AuthenticationManager.AUTH_TIME, Integer.toString(Time.currentTime()));
        signedIn.setState(UserSessionModel.State.LOGGED_IN);
        return signedIn;
    }

    private void note(AuthenticationSessionModel login, AuthorizationEndpointRequest request) {
        login.setProtocol(OIDCLoginProtocol.LOGIN_PROTOCOL);
        login.setRedirectUri(redirectUri);
        login.setClientNote(OIDCLoginProtocol.RESPONSE_TYPE_PARAM, request.getResponseType());
        login.setClientNote(OIDCLoginProtocol.REDIRECT_URI_PARAM, redirectUri);
        login.setClientNote(
                OIDCLoginProtocol.ISSUER,
                Urls.realmIssuer(session.getContext().getUri().getBaseUri(), realm.getName()));
        AuthorizationEndpoint.performActionOnParameters(request, (name, value) -> {
            if (value != null) {
                login.setClientNote(name, value);
            }
        });
    }

    private String authenticated(AuthenticationSessionModel login, UserSessionModel signedIn) throws RehearsalRefused {
        AuthenticationManager.setClientScopesInSession(session, login);
        ClientSessionContext granted = TokenManager.attachAuthenticationSession(session, signedIn, login);
        KeycloakContext context = session.getContext();
        LoginProtocol protocol = session.getProvider(LoginProtocol.class, OIDCLoginProtocol.LOGIN_PROTOCOL)
                .setSession(session)
                .setRealm(realm)
                .setHttpHeaders(context.getRequestHeaders())
                .setUriInfo(context.getUri())
                .setEventBuilder(event);
        Map<String, List<String>> answer = UriUtils.decodeQueryString(
                protocol.authenticated(login, signedIn, granted).getLocation().getRawQuery());
        return first(answer, OAuth2Constants.CODE)
                .orElseThrow(() -> new RehearsalRefused(
                        first(answer, OAuth2Constants.ERROR).orElse(OAuthErrorException.ACCESS_DENIED),
                        first(answer, OAuth2Constants.ERROR_DESCRIPTION).orElse(null)));
    }

    private static Optional<String> first(Map<String, List<String>> answer, String name) {
        return answer.getOrDefault(name, List.of()).stream().findFirst();
    }
}
