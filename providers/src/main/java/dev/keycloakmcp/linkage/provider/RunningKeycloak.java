package dev.keycloakmcp.linkage.provider;

import dev.keycloakmcp.linkage.TestedVersions;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jboss.logging.Logger;
import org.keycloak.common.Profile;
import org.keycloak.common.Version;

/** The Keycloak that this extension runs in. */
public final class RunningKeycloak {

    private static final Logger LOG = Logger.getLogger(RunningKeycloak.class);

    /**
     * Features that are off by default and in whose presence tokens or clients come out otherwise, by the key that
     * {@code --features} takes. By name, as not every version has each of them.
     */
    private static final Set<String> THAT_MATTER = Set.of(
            "admin-fine-grained-authz",
            "cimd",
            "dynamic-scopes",
            "identity-assertion-jwt",
            "parameterized-scopes",
            "resource-indicators",
            "scripts",
            "stateless",
            "token-exchange",
            "token-exchange-delegation",
            "token-exchange-external-internal",
            "transient-users");

    private RunningKeycloak() {}

    /** The version, as Keycloak names itself. */
    public static String version() {
        return Objects.requireNonNullElse(Version.VERSION, "unknown");
    }

    /** The features that are on, not by default, and that matter here; sorted. */
    public static List<String> features() {
        Profile profile = Profile.getInstance();
        return profile == null
                ? List.of()
                : profile.getAllFeatures().stream()
                        .filter(feature -> feature.getType() != Profile.Feature.Type.DEFAULT)
                        .filter(Profile::isFeatureEnabled)
                        .map(Profile.Feature::getUnversionedKey)
                        .filter(THAT_MATTER::contains)
                        .distinct()
                        .sorted()
                        .toList();
    }

    /** Says once, at start, what this extension found. */
    public static void announce() {
        TestedVersions.Standing standing = TestedVersions.of(version());
        List<String> features = features();
        LOG.infof(
                "Keycloak MCP Policies %s on Keycloak %s (%s)%s",
                extension(),
                version(),
                switch (standing) {
                    case TESTED -> "tested";
                    case TESTED_MINOR -> "not tested itself, other releases of this minor version are";
                    case UNTESTED -> "untested";
                },
                features.isEmpty() ? "" : "; features that change what it does: " + String.join(", ", features));
        if (standing == TestedVersions.Standing.UNTESTED) {
            LOG.warnf(
                    "Keycloak %s was not tested with Keycloak MCP Policies %s (tested: %s). Run kc-check.sh to see whether all"
                            + " that it needs is there, and try it before people sign in",
                    version(), extension(), String.join(", ", TestedVersions.ALL));
        }
    }

    private static String extension() {
        return Objects.requireNonNullElse(RunningKeycloak.class.getPackage().getImplementationVersion(), "(unpacked)");
    }
}
