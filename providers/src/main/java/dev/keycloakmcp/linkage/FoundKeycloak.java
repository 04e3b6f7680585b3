package dev.keycloakmcp.linkage;

import java.util.List;
import java.util.Optional;

/**
 * The Keycloak that this extension found itself in.
 *
 * @param extension version of this extension
 * @param version of Keycloak, as it names itself
 * @param features those that are on, not by default, and that change what this extension does; sorted, by the key that
 *     {@code --features} takes
 */
public record FoundKeycloak(String extension, String version, List<String> features) {

    public FoundKeycloak {
        features = List.copyOf(features);
    }

    /** How well the version is known. */
    public TestedVersions.Standing standing() {
        return TestedVersions.of(version);
    }

    /** True when a feature is on. */
    public boolean has(String feature) {
        return features.contains(feature);
    }

    /** The line that says so at start. */
    public String line() {
        String known =
                switch (standing()) {
                    case TESTED -> "tested";
                    case TESTED_MINOR -> "not tested itself, other releases of this minor version are";
                    case UNTESTED -> "untested";
                };
        String changed = features.isEmpty() ? "" : "; features that change what it does: " + named();
        return "Keycloak MCP Policies %s on Keycloak %s (%s)%s".formatted(extension, version, known, changed);
    }

    /** The warning about a version that nobody tested. */
    public Optional<String> warning() {
        return standing() == TestedVersions.Standing.UNTESTED
                ? Optional.of(
                        "Keycloak %s was not tested with Keycloak MCP Policies %s (tested: %s). Run kc-check.sh to see whether all that it needs is there, and try it before people sign in"
                                .formatted(version, extension, String.join(", ", TestedVersions.ALL)))
                : Optional.empty();
    }

    /** The features, separated by commas. */
    public String named() {
        return String.join(", ", features);
    }
}
