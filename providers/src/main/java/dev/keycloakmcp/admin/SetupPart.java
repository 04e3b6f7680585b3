package dev.keycloakmcp.admin;

import java.util.Locale;

/** The kinds of things that the set-up of a realm consists of, or that need this extension. */
public enum SetupPart {
    CLIENT_SCOPE,
    CLIENT_PROFILE,
    CLIENT_POLICY,
    /** By the kind of registration: {@code anonymous} or {@code authenticated}. */
    REGISTRATION_POLICY,
    EVENT_LISTENER,
    CLIENT,
    LOGIN_THEME,
    /** Those that {@code GET would-deny} reads. */
    SAVED_EVENTS,
    /** Of a client that goes on without it. */
    SUSPENSION;

    /** As the REST API says it. */
    public String value() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The part of that name, as lines for people say it. */
    String text(String name) {
        String kind = name().toLowerCase(Locale.ROOT).replace('_', ' ');
        String line = line(name);
        return switch (this) {
            case REGISTRATION_POLICY -> kind + " " + Setup.REGISTRATION + " (" + name + ")";
            case SAVED_EVENTS -> kind + " for GET " + name;
            case SUSPENSION -> kind + " of client " + line;
            default -> kind + " " + line;
        };
    }

    /** A name that cannot pass for a line. */
    static String line(String name) {
        return name.replaceAll("\\p{Cntrl}", " ");
    }
}
