package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.Explanation;
import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.decision.TokenErrors;
import dev.keycloakmcp.policy.McpEventDetails;
import dev.keycloakmcp.policy.TokenContent;
import dev.keycloakmcp.policy.Verdicts;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.policy.provider.TokenConstraints;
import dev.keycloakmcp.token.provider.AnsweredClaims;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuthErrorException;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.OIDCAdvancedConfigWrapper;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.protocol.oidc.grants.OAuth2GrantType;
import org.keycloak.protocol.oidc.token.TokenInterceptorException;
import org.keycloak.protocol.oidc.token.TokenPostProcessorContext;
import org.keycloak.representations.AccessTokenResponse;
import org.keycloak.representations.idm.OAuth2ErrorRepresentation;
import org.keycloak.services.cors.Cors;

/** A token request of a rehearsal, and what was answered to it. */
final class RehearsedToken {

    private static final String REFRESH_TOKEN = "refresh_token";

    private final KeycloakSession session;
    private final QuietEvent event;
    private @Nullable TokenPostProcessorContext made;
    private @Nullable AccessTokenResponse answer;
    private @Nullable OAuth2ErrorRepresentation refusal;

    RehearsedToken(KeycloakSession session, QuietEvent event) {
        this.session = session;
        this.event = event;
    }

    /** Has a grant answer the form, which is also that of the session's context. */
    RehearsedToken ask(String grant, MultivaluedMap<String, String> form) {
        ClientModel client = session.getContext().getClient();
        TokenConstraints.of(session).addFinisher(tokens -> made = tokens);
        OAuth2GrantType type = (OAuth2GrantType) session.getKeycloakSessionFactory()
                .getProviderFactory(OAuth2GrantType.class, grant)
                .create(session);
        event.event(type.getEventType()).client(client);
        Cors cors = Cors.builder();
        try {
            answer = (AccessTokenResponse) type.process(new OAuth2GrantType.Context(
                            session,
                            OIDCAdvancedConfigWrapper.fromClientModel(client),
                            new HashMap<>(),
                            form,
                            event,
                            cors,
                            new TokenManager()))
                    .getEntity();
        } catch (TokenInterceptorException e) {
            refused(e.getError(), e.getDescription());
        } catch (WebApplicationException e) {
            refusal = e.getResponse().getEntity() instanceof OAuth2ErrorRepresentation said
                    ? said
                    : new OAuth2ErrorRepresentation(OAuthErrorException.INVALID_REQUEST, e.getMessage());
        }
        return this;
    }

    /** Says that the request was refused before. */
    RehearsedToken refused(String error, @Nullable String description) {
        refusal = new OAuth2ErrorRepresentation(error, description);
        return this;
    }

    Optional<String> refreshToken() {
        return Optional.ofNullable(answer).map(AccessTokenResponse::getRefreshToken);
    }

    Explanation.Run run() {
        Verdicts verdicts = McpRequest.of(session).verdicts();
        if (refusal != null) {
            return Explanation.Run.refused(
                    verdicts,
                    TokenErrors.inOAuth(refusal.getError()),
                    reason(verdicts),
                    Optional.ofNullable(refusal.getErrorDescription()).filter(text -> !text.isEmpty()));
        }
        boolean losing = event.found(McpEventDetails.DECISION)
                .filter(Outcome.WOULD_NARROW.value()::equals)
                .isPresent();
        return Explanation.Run.answered(verdicts, losing, claims(), content());
    }

    /** Of a refusal by Keycloak the event may hold the reason for which a policy let the request go on. */
    private Optional<String> reason(Verdicts verdicts) {
        Optional<String> decided = event.found(McpEventDetails.DECISION);
        return verdicts.refusal()
                .map(Decision.Deny::reason)
                .map(reason -> reason.code())
                .or(() -> decided.isEmpty()
                                || decided.filter(Outcome.DENY.value()::equals).isPresent()
                        ? event.found(McpEventDetails.REASON)
                        : Optional.empty());
    }

    private Map<String, Object> claims() {
        return made == null || made.accessToken() == null ? Map.of() : AnsweredClaims.of(made.accessToken());
    }

    private TokenContent content() {
        AccessTokenResponse answered = Objects.requireNonNull(answer);
        if (made == null || made.accessToken() == null) {
            return TokenContent.NONE;
        }
        Map<String, Object> claims = new HashMap<>(claims());
        if (answered.getRefreshToken() != null) {
            claims.put(REFRESH_TOKEN, true);
        }
        return TokenContent.of(
                claims,
                AnsweredClaims.of(answered.getIdToken()),
                AnsweredClaims.userInfoIfAny(session, made.clientSessionCtx().getClientSession(), made.accessToken()));
    }
}
