package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.audit.provider.AuditJournal;
import dev.keycloakmcp.audit.provider.AuditTrail;
import java.util.function.Function;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** Questions to the audit trail of a realm: the answers have all that was written before they were asked. */
record AuditQuestions(KeycloakSession session, RealmModel realm) {

    /** The answer to a question of the session that it is given. */
    <T> T ask(Function<KeycloakSession, T> question) {
        return AuditJournal.ask(
                session,
                realm,
                () -> AdminRequest.busy("The audit trail has more new rows than it can read at once; ask again"),
                question);
    }

    <T> T askTrail(Function<AuditTrail, T> question) {
        return ask(current -> question.apply(new AuditTrail(current, realm)));
    }
}
