package dev.keycloakmcp.audit;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The subject matter of a row. */
public enum RowType {
    /** A token was issued. */
    TOKEN,
    /** A token, or an authorization, was refused. */
    REFUSAL,
    /** A client registered itself, or tried to (RFC 7591). */
    REGISTRATION,
    /** A client that registered itself changed its metadata, or tried to (RFC 7592). */
    REGISTRATION_UPDATE,
    /** A client that registered itself deleted itself, or tried to (RFC 7592). */
    REGISTRATION_DELETION,
    /** An administrator suspended an actor. */
    SUSPENSION,
    /** An administrator lifted the suspension of an actor. */
    REINSTATEMENT;

    /** The value in rows and filters. */
    public String value() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The type of that value. */
    public static Optional<RowType> of(String value) {
        return Arrays.stream(values())
                .filter(type -> type.value().equals(value))
                .findFirst();
    }
}
