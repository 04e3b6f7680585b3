package dev.keycloakmcp.linkage;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The versions of Keycloak that the whole suite of tests passed on. docs/operate/compatibility.md has the same ones. */
public final class TestedVersions {

    /** Oldest first; the last one is the server under test of each build. */
    public static final List<String> ALL = List.of("26.7.0", "26.7.3", "26.7.5");

    private static final Pattern MINOR = Pattern.compile("(\\d+\\.\\d+)(\\.\\d+.*)?");

    private TestedVersions() {}

    /** How well a version is known. */
    public enum Standing {
        /** The suite passed on it. */
        TESTED,
        /** Another patch release of a minor version that is tested. */
        TESTED_MINOR,
        /** A minor version, or a build of somebody's own, that nobody tested. */
        UNTESTED
    }

    /**
     * The standing of a version.
     *
     * @param version as Keycloak names itself, such as {@code 26.7.5}
     */
    public static Standing of(String version) {
        if (ALL.contains(version)) {
            return Standing.TESTED;
        }
        String minor = minor(version);
        return !minor.isEmpty() && ALL.stream().map(TestedVersions::minor).anyMatch(minor::equals)
                ? Standing.TESTED_MINOR
                : Standing.UNTESTED;
    }

    private static String minor(String version) {
        Matcher matcher = MINOR.matcher(version);
        return matcher.matches() ? matcher.group(1) : "";
    }
}
