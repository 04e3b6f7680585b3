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
    LOGIN_THEME;

    /** As the REST API says it. */
    public String value() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The part of that name, as lines for people say it. */
    String text(String name) {
        String kind = name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return this == REGISTRATION_POLICY
                ? kind + " " + Setup.REGISTRATION + " (" + name + ")"
                : kind + " " + name.replaceAll("\\p{Cntrl}", " ");
    }
}
