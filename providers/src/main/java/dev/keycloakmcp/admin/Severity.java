package dev.keycloakmcp.admin;

import java.util.Locale;

/** The severity of a finding. */
public enum Severity {
    /** Something does not work, or is not protected. */
    ERROR,
    /** It works, and most realms want it otherwise. */
    WARNING,
    /** Good to know. */
    INFO;

    /** As the REST API says it. */
    public String value() {
        return name().toLowerCase(Locale.ROOT);
    }
}
