package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.audit.AuditRow;
import dev.keycloakmcp.support.DisplayName;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserProvider;
import org.keycloak.storage.StorageId;

/** The clients of a row as the realm, by its cache, knows them when the row is written: their names, and whose account the subject is. */
final class RowClients {

    /** The beginning of a name that stands for a text in the language of whoever looks at it. */
    private static final String LOCALIZED = "${";

    private final UserProvider users;
    private final RealmModel realm;

    /** While the transaction is under way: later Keycloak's cache of users cannot join it any more. */
    RowClients(KeycloakSession session, RealmModel realm) {
        this.users = session.users();
        this.realm = realm;
    }

    /** The row with what it does not say yet. */
    AuditRow complete(AuditRow row) {
        AuditRow told = row.with(row.subject().map(this::told), row.names());
        Map<String, String> names = new HashMap<>(row.names());
        told.clients().stream()
                .filter(clientId -> !names.containsKey(clientId))
                .forEach(clientId -> Optional.ofNullable(realm.getClientByClientId(clientId))
                        .flatMap(RowClients::name)
                        .ifPresent(name -> names.put(clientId, name)));
        return told.with(told.subject(), names);
    }

    /** The name of a client, which a stranger may have chosen, made fit to be shown. */
    static Optional<String> name(ClientModel client) {
        return Optional.ofNullable(client.getName())
                .filter(name -> !name.startsWith(LOCALIZED))
                .map(name -> DisplayName.of(name).text())
                .filter(name -> !name.isEmpty());
    }

    private AuditRow.Subject told(AuditRow.Subject subject) {
        // Service accounts are in the realm's own database.
        if (subject.clientId().isPresent() || !StorageId.isLocalStorage(subject.id())) {
            return subject;
        }
        return Optional.ofNullable(users.getUserById(realm, subject.id()))
                .map(UserModel::getServiceAccountClientLink)
                .map(realm::getClientById)
                .map(client ->
                        new AuditRow.Subject(subject.id(), subject.username(), Optional.of(client.getClientId())))
                .orElse(subject);
    }
}
