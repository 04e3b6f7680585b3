package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.audit.provider.AuditTrail;
import dev.keycloakmcp.audit.provider.JournalQuestion;
import java.util.Optional;
import java.util.function.Function;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** Questions to the audit trail of a realm: the answers have all that was written before they were asked. */
record AuditQuestions(KeycloakSession session, RealmModel realm) {

    /** The answer to a question of the session that it is given. */
    <T> T ask(Function<KeycloakSession, T> question) {
        return new JournalQuestion(session, realm)
                .ask(
                        () -> AdminRequest.busy(
                                "The audit trail has more new rows than it can read at once; ask again"),
                        question);
    }

    /** The answer where the trail can be asked soon, for what goes on without it. */
    <T> Optional<T> askForPart(Function<KeycloakSession, T> question) {
        return new JournalQuestion(session, realm).askForPart(question);
    }

    <T> T askTrail(Function<AuditTrail, T> question) {
        return ask(current -> question.apply(new AuditTrail(current, realm)));
    }
}
