package dev.keycloakmcp.linkage.provider;

import dev.keycloakmcp.linkage.FoundKeycloak;
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

    /** The Keycloak that is running, as far as it matters here. */
    public static FoundKeycloak found() {
        return new FoundKeycloak(
                Objects.requireNonNullElse(RunningKeycloak.class.getPackage().getImplementationVersion(), "(unpacked)"),
                Objects.requireNonNullElse(Version.VERSION, "unknown"),
                features());
    }

    private static List<String> features() {
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
        FoundKeycloak found = found();
        LOG.info(found.line());
        found.warning().ifPresent(LOG::warn);
    }
}
