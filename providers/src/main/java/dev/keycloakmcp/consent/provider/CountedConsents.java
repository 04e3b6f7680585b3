package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.consent.AccessTime;
import dev.keycloakmcp.consent.AllowedTime;
import dev.keycloakmcp.consent.ConsentSubject;
import dev.keycloakmcp.policy.provider.DeferredConsent;
import dev.keycloakmcp.policy.provider.Rehearsal;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserConsentModel;
import org.keycloak.models.cache.UserCache;
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
        if (Rehearsal.isConsented(session)) {
            return new CountedConsent(
                    new UserConsentModel(realm.getClientById(clientId)), scope -> false, (scope, parameter) -> true);
        }
        StoppedAnswer.refuse(session, realm, clientId);
        Optional<ConsentRequest> request = AnsweredLogin.governed(session, userId, clientId);
        if (request.isEmpty()) {
            return outsideOfLogin(userId, clientId, lookUp.find(realm, userId, clientId));
        }
        boolean accepted = ConsentForm.isAccepted(session);
        if (accepted) {
            ConsentForm.awaitOtherAnswers(session, userId, clientId);
        }
        UserConsentModel stored = lookUp.find(realm, userId, clientId);
        if (stored == null) {
            return null;
        }
        ConsentSubject subject = request.get().subject(session);
        AccessTime time = request.get().time(session);
        ConsentMemory memory = new ConsentMemory(session);
        if (accepted) {
            if (ConsentForm.wasShown(session, request.get())) {
                ConsentSubject allowed =
                        TakenOverSession.bounded(session, request.get().login(), subject);
                memory.remember(realm, allowed, time, stored);
            }
            return stored;
        }
        Map<String, AllowedTime> remembered = memory.recall(userId, clientId, stored);
        boolean covered = subject.isCoveredBy(remembered, time);
        if (covered && request.get().mayRemember()) {
            return new CountedConsent(stored, request.get()::isAskedFor, (scope, parameter) -> true);
        }
        AskedAgain.note(session, subject, remembered.keySet(), covered);
        return null;
    }

    /**
     * The consent to store: of what Keycloak would store, that which the person was shown, and what was stored before. The
     * rest was asked for, but no token of this request holds it.
     */
    UserConsentModel shown(RealmModel realm, String userId, UserConsentModel consent, LookUp lookUp) {
        String clientId = consent.getClient().getId();
        Optional<Predicate<ClientScopeModel>> answered = AnsweredLogin.governed(session, userId, clientId)
                .filter(request -> ConsentForm.isAccepted(session))
                .<Predicate<ClientScopeModel>>map(
                        request -> ConsentForm.wasShown(session, request) ? request::isAskedFor : scope -> false)
                .or(() -> TokenConsent.of(session, clientId)
                        .filter(TokenConsent::isAnswer)
                        .map(token -> token::needsConsent));
        return answered.map(asked -> CountedConsent.stored(consent, lookUp.find(realm, userId, clientId), asked))
                .orElse(consent);
    }

    private @Nullable UserConsentModel outsideOfLogin(
            String userId, String clientId, @Nullable UserConsentModel stored) {
        if (stored != null
                && (DeferredConsent.of(session).isDeferred() || TokenConsent.isRefusedAnyway(session, clientId))) {
            return new CountedConsent(stored, scope -> false, (scope, parameter) -> true);
        }
        Optional<TokenConsent> token = TokenConsent.of(session, clientId);
        return stored == null || token.isEmpty()
                ? withoutPolicy(userId, clientId, stored)
                : token.get().counted(userId, stored);
    }

    /**
     * A login that no policy governs any more: what people allowed while one did was for one MCP server. So it counts no
     * more, and an answer now is one to everything that is stored.
     */
    private @Nullable UserConsentModel withoutPolicy(
            String userId, String clientId, @Nullable UserConsentModel stored) {
        Optional<AuthenticationSessionModel> login = AnsweredLogin.of(session, userId, clientId);
        ConsentMemory memory = new ConsentMemory(session);
        if (stored == null
                || login.isEmpty()
                || memory.recall(userId, clientId, stored).isEmpty()) {
            return stored;
        }
        if (!ConsentForm.isAccepted(session)) {
            return null;
        }
        if (!ConsentForm.wasShown(login.get())) {
            return stored;
        }
        memory.forgetUserAtClient(userId, clientId);
        return CountedConsent.stored(stored, null, scope -> false);
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
