package dev.keycloakmcp.audit;

import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.support.StoredText;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The fields that rows can be filtered by, each equal to a value. */
public enum AuditField {
    /** A user id, or where no row has it, a username. */
    SUBJECT(255),
    /** Client id of an actor: anywhere in the chain, acting as itself, or refused. */
    ACTOR(255),
    /** Client id of the client that asked. */
    CLIENT(255),
    /** URI of the target server, as registered. */
    RESOURCE(600),
    /** One of the scopes. */
    SCOPE(255),
    /** Id of the access token that was issued. */
    JTI(255),
    SESSION(255),
    OUTCOME(12),
    TYPE(24),
    REASON(64),
    GRANT(64);

    /** Characters that rows keep of it; longer values are cut, in rows and filters alike. */
    private final int length;

    AuditField(int length) {
        this.length = length;
    }

    /** The name of the query parameter. */
    public String parameter() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The value as rows keep it. */
    public String fit(String value) {
        return this == RESOURCE || this == SCOPE ? StoredText.fitAscii(value, length) : StoredText.fit(value, length);
    }

    /** The fault of a value; empty where it may be asked for. */
    public Optional<String> problem(String value) {
        if (value.isBlank()) {
            return Optional.of("must not be empty");
        }
        return switch (this) {
            case OUTCOME -> oneOf(value, Arrays.stream(Outcome.values()).map(Outcome::value));
            case TYPE -> oneOf(value, Arrays.stream(RowType.values()).map(RowType::value));
            default -> Optional.empty();
        };
    }

    private static Optional<String> oneOf(String value, Stream<String> known) {
        List<String> values = known.toList();
        return values.contains(value) ? Optional.empty() : Optional.of("must be one of " + String.join(", ", values));
    }
}
