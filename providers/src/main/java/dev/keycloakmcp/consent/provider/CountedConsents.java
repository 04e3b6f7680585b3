package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.consent.ConsentSubject;
import dev.keycloakmcp.support.provider.ClusterLock;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserConsentModel;
import org.keycloak.models.cache.UserCache;
import org.keycloak.services.ErrorPageException;
import org.keycloak.services.messages.Messages;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * Which of the consents that Keycloak stored count for the login of this request. Keycloak remembers consent per client
 * and scope; for clients that MCP policies govern, a login sees an earlier consent only if it was for the same MCP
 * server, the same scopes and the same place to which the answer goes.
 */
final class CountedConsents {

    private final KeycloakSession session;

    CountedConsents(KeycloakSession session) {
        this.session = session;
    }

    /** True when consents are looked up past the user cache, because it is off, as with the feature {@code stateless}. */
    static boolean areNotCached(KeycloakSession session) {
        return session.getKeycloakSessionFactory().getProviderFactory(UserCache.class) == null;
    }

    /** Keycloak's own look-up of the consent of a user to a client; null for none. */
    @FunctionalInterface
    interface LookUp {
        @Nullable UserConsentModel find(RealmModel realm, String userId, String clientId);
    }

    /**
     * The consent if it counts, else null. When the request is a person's yes on the consent page, it is remembered.
     *
     * @param lookUp finds the consent that Keycloak stored
     */
    @Nullable UserConsentModel find(RealmModel realm, String userId, String clientId, LookUp lookUp) {
        Optional<ConsentRequest> request = ConsentRequest.governed(session, userId, clientId);
        if (request.isEmpty()) {
            return withoutPolicy(userId, clientId, lookUp.find(realm, userId, clientId));
        }
        boolean accepted = ConsentForm.isAccepted(session);
        if (accepted) {
            awaitOtherAnswers(userId, clientId);
        }
        UserConsentModel stored = lookUp.find(realm, userId, clientId);
        if (stored == null) {
            return null;
        }
        ConsentSubject subject = request.get().subject(session);
        ConsentMemory memory = new ConsentMemory(session);
        if (accepted) {
            if (ConsentForm.wasShown(request.get().login())) {
                memory.remember(realm, subject, stored);
            }
            return stored;
        }
        Set<String> remembered = memory.recall(subject, stored);
        if (request.get().mayRemember() && subject.isCoveredBy(remembered)) {
            return stored;
        }
        AskedAgain.note(session, subject, remembered);
        return null;
    }

    /**
     * A login that no policy governs any more: what people allowed while one did was for one MCP server, and the page did
     * not show what the tokens could not hold then, but Keycloak stored it with the rest.
     */
    private @Nullable UserConsentModel withoutPolicy(
            String userId, String clientId, @Nullable UserConsentModel stored) {
        Optional<AuthenticationSessionModel> login = ConsentRequest.login(session, userId, clientId);
        ConsentMemory memory = new ConsentMemory(session);
        if (stored == null || login.isEmpty() || !memory.isOfPolicies(userId, clientId, stored)) {
            return stored;
        }
        if (!ConsentForm.isAccepted(session)) {
            return null;
        }
        if (ConsentForm.wasShown(login.get())) {
            memory.forgetUserAtClient(userId, clientId);
        }
        return stored;
    }

    /**
     * Keycloak stores two consents where a person's first yes arrives twice at one instant, as by a double click, and from
     * then on lets that person no more sign in to the client. So the second waits until the first is stored.
     */
    private void awaitOtherAnswers(String userId, String clientId) {
        ClusterLock.of(session).hold("mcp-consent:" + userId + ":" + clientId, this::tooManyAnswers);
    }

    private ErrorPageException tooManyAnswers() {
        session.getContext()
                .getHttpResponse()
                .setHeader(HttpHeaders.RETRY_AFTER, Integer.toString(ClusterLock.RETRY_SECONDS));
        return new ErrorPageException(session, Response.Status.SERVICE_UNAVAILABLE, Messages.INTERNAL_SERVER_ERROR);
    }

    /**
     * Forgets the answers that went with a consent that was revoked.
     *
     * @param revoked whether there was one
     * @return the same
     */
    boolean revoked(String userId, String clientId, boolean revoked) {
        if (revoked) {
            new ConsentMemory(session).forgetUserAtClient(userId, clientId);
        }
        return revoked;
    }
}
