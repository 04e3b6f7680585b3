package dev.keycloakmcp.admin.provider;

import org.jspecify.annotations.Nullable;

/** A refusal on the way to a token. */
final class RehearsalRefused extends Exception {

    private static final long serialVersionUID = 1L;

    private final String error;

    /** @param error the OAuth error */
    RehearsalRefused(String error, @Nullable String description) {
        super(description);
        this.error = error;
    }

    String error() {
        return error;
    }
}
