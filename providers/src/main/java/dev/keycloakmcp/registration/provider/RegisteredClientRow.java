package dev.keycloakmcp.registration.provider;

import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.keycloak.common.util.Time;
import org.keycloak.services.clientregistration.policy.RegistrationAuth;

/**
 * A registered client in the database.
 *
 * @param id Keycloak's internal id
 * @param registeredAt epoch seconds; now where it is not known, so that nothing is removed by mistake
 * @param lastUsed epoch seconds of the last use that was noted, empty for a client never used
 * @param suspended true when an administrator stopped it: then it stays, as its id would be given out again
 */
record RegisteredClientRow(
        String id,
        String clientId,
        RegistrationAuth kind,
        long registeredAt,
        OptionalLong lastUsed,
        boolean suspended) {

    /** The client in these columns: id, client id, and four attributes; empty where it did not register. */
    static Optional<RegisteredClientRow> of(@Nullable Object[] columns) {
        return Provenance.of((String) columns[2])
                .map(kind -> new RegisteredClientRow(
                        (String) columns[0],
                        (String) columns[1],
                        kind,
                        seconds(columns[3]).orElse(Time.currentTime()),
                        seconds(columns[4]),
                        columns[5] != null));
    }

    /** A time in seconds; empty for a text that is none. */
    static OptionalLong seconds(@Nullable Object value) {
        return value instanceof String text && text.matches("[0-9]{1,18}")
                ? OptionalLong.of(Long.parseLong(text))
                : OptionalLong.empty();
    }
}
