package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.actor.provider.AssumedSubjectToken;
import dev.keycloakmcp.admin.ExplainRequest;
import dev.keycloakmcp.admin.Explanation;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.policy.provider.Rehearsal;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.OAuthErrorException;
import org.keycloak.http.HttpRequest;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/** The requests of a rehearsal, one after the other, until one is refused. */
final class RehearsedSteps {

    private static final Logger LOG = Logger.getLogger(RehearsedSteps.class);

    private static final String FAILS = "Keycloak fails to answer the request; its log has the reason.";

    private final KeycloakSession session;
    private final HttpRequest behind;
    private final RealmModel realm;
    private final ClientModel client;
    private final QuietEvent event;
    private final ExplainRequest request;
    private final Optional<EnforcementMode> mode;

    /**
     * The steps in a session whose context has realm and client.
     *
     * @param behind the request of who asks
     * @param mode enforcement of all policies in the last step; absent for what they are configured to
     */
    RehearsedSteps(
            KeycloakSession session, HttpRequest behind, ExplainRequest request, Optional<EnforcementMode> mode) {
        this.session = session;
        this.behind = behind;
        this.realm = session.getContext().getRealm();
        this.client = session.getContext().getClient();
        this.event = new QuietEvent(session, realm);
        this.request = request;
        this.mode = mode;
    }

    Explanation.Run run() {
        begin(mode, new MultivaluedHashMap<>(), false);
        try {
            RehearsedParties.require(session, request);
            return granted();
        } catch (RehearsalRefused e) {
            return refused(e.error(), e.getMessage()).run();
        } catch (RuntimeException e) {
            // As the endpoint answers with 500, of a client whose keys cannot be had, or a mapper that fails.
            LOG.warnf(e, "The request of the client %s fails", client.getClientId());
            return refused(OAuthErrorException.SERVER_ERROR, FAILS).run();
        }
    }

    private Explanation.Run granted() {
        return switch (request.grant()) {
            case CLIENT_CREDENTIALS ->
                token(
                                mode,
                                OAuth2Constants.CLIENT_CREDENTIALS,
                                LoginParameters.named(request.scope(), request.resource()),
                                false)
                        .run();
            case AUTHORIZATION_CODE -> code(mode).run();
            case REFRESH_TOKEN -> refresh();
            case TOKEN_EXCHANGE -> exchange();
        };
    }

    /** A sign-in, of a person who allows what is asked. */
    private RehearsedToken code(Optional<EnforcementMode> enforcement) {
        RehearsedLogin login = new RehearsedLogin(session, event);
        begin(enforcement, LoginParameters.authorization(client, request.scope(), request.resource()), true);
        try {
            String code = login.code(user());
            return token(
                    enforcement, OAuth2Constants.AUTHORIZATION_CODE, LoginParameters.redemption(client, code), true);
        } catch (RehearsalRefused e) {
            return refused(e.error(), e.getMessage());
        }
    }

    private RehearsedToken refused(String error, @Nullable String description) {
        return new RehearsedToken(session, event).refused(error, description);
    }

    /** The login was as policies are configured: that is what a refresh token of today is of. */
    private Explanation.Run refresh() {
        RehearsedToken login = code(Optional.empty());
        if (login.refreshToken().isEmpty()) {
            return login.run();
        }
        MultivaluedMap<String, String> form = new MultivaluedHashMap<>();
        form.putSingle(OAuth2Constants.REFRESH_TOKEN, login.refreshToken().get());
        return token(mode, OAuth2Constants.REFRESH_TOKEN, form, true).run();
    }

    private Explanation.Run exchange() {
        begin(Optional.empty(), new MultivaluedHashMap<>(), false);
        UserSessionModel login = new RehearsedLogin(session, event).signIn(KeycloakModelUtils.generateId(), user());
        List<ClientModel> chain =
                request.chain().stream().map(realm::getClientByClientId).toList();
        MultivaluedMap<String, String> form = LoginParameters.named(request.scope(), request.resource());
        form.putSingle(
                OAuth2Constants.SUBJECT_TOKEN,
                AssumedSubjectToken.of(
                        session, login, client, chain, request.scope().orElse(null)));
        form.putSingle(OAuth2Constants.SUBJECT_TOKEN_TYPE, OAuth2Constants.ACCESS_TOKEN_TYPE);
        return token(mode, OAuth2Constants.TOKEN_EXCHANGE_GRANT_TYPE, form, false)
                .run();
    }

    private RehearsedToken token(
            Optional<EnforcementMode> enforcement,
            String grant,
            MultivaluedMap<String, String> form,
            boolean consented) {
        form.putSingle(OAuth2Constants.GRANT_TYPE, grant);
        begin(enforcement, form, consented);
        return new RehearsedToken(session, event).ask(grant, form);
    }

    private void begin(Optional<EnforcementMode> enforcement, MultivaluedMap<String, String> form, boolean consented) {
        Rehearsal.next(session, enforcement, consented);
        session.getContext().setHttpRequest(new RehearsedRequest(behind, form));
        session.getContext().setClient(client);
        event.begin();
    }

    private UserModel user() {
        return Objects.requireNonNull(
                RehearsedGrant.user(session, realm, request.user().orElseThrow()));
    }
}
