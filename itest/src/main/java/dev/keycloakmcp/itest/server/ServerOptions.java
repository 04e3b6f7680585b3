package dev.keycloakmcp.itest.server;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Which Keycloak to start. Two tests with equal options share one server.
 *
 * @param version         version of the distribution
 * @param withExtension   with our two jars in {@code providers/}; without them it is stock Keycloak
 * @param features        Keycloak features to enable
 * @param buildArguments  further arguments of {@code kc.sh build}
 * @param arguments       further arguments of {@code kc.sh start}
 * @param logLevels       as in {@code category:level}
 * @param realmImports    realm files to import at start
 * @param jvmOptions      further options of the server's JVM
 * @param httpPort        0 for a free one
 * @param adminUsername   the bootstrap administrator of the master realm
 * @param adminPassword   its password
 */
public record ServerOptions(
        String version,
        boolean withExtension,
        List<String> features,
        List<String> buildArguments,
        List<String> arguments,
        List<String> logLevels,
        List<Path> realmImports,
        List<String> jvmOptions,
        int httpPort,
        String adminUsername,
        String adminPassword) {

    public ServerOptions {
        features = features.stream().sorted().distinct().toList();
        buildArguments = List.copyOf(buildArguments);
        arguments = List.copyOf(arguments);
        logLevels = List.copyOf(logLevels);
        realmImports = List.copyOf(realmImports);
        jvmOptions = List.copyOf(jvmOptions);
    }

    public static ServerOptions defaults() {
        return builder().build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Names what was built: the version, with our jars or without, the features. */
    String variant() {
        StringBuilder name = new StringBuilder(version).append(withExtension ? "-mcp" : "-stock");
        features.forEach(feature -> name.append('-').append(feature.replaceAll("[^A-Za-z0-9.]+", "-")));
        if (!buildArguments.isEmpty()) {
            name.append('-').append(Integer.toHexString(buildArguments.hashCode()));
        }
        return name.toString().toLowerCase(Locale.ROOT);
    }

    /** Collects options; everything has a default. */
    public static final class Builder {
        private String version = Workspace.defaultVersion();
        private boolean withExtension = true;
        private final List<String> features = new ArrayList<>();
        private final List<String> buildArguments = new ArrayList<>();
        private final List<String> arguments = new ArrayList<>();
        private final List<String> logLevels = new ArrayList<>();
        private final List<Path> realmImports = new ArrayList<>();
        private final List<String> jvmOptions = new ArrayList<>();
        private int httpPort;
        private String adminUsername = "admin";
        private String adminPassword = "admin";

        private Builder() {}

        @CanIgnoreReturnValue
        public Builder version(String value) {
            version = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder withExtension(boolean value) {
            withExtension = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder features(String... values) {
            features.addAll(List.of(values));
            return this;
        }

        @CanIgnoreReturnValue
        public Builder buildArguments(String... values) {
            buildArguments.addAll(List.of(values));
            return this;
        }

        @CanIgnoreReturnValue
        public Builder arguments(String... values) {
            arguments.addAll(List.of(values));
            return this;
        }

        @CanIgnoreReturnValue
        public Builder logLevels(String... values) {
            logLevels.addAll(List.of(values));
            return this;
        }

        @CanIgnoreReturnValue
        public Builder importRealms(Path... values) {
            realmImports.addAll(List.of(values));
            return this;
        }

        @CanIgnoreReturnValue
        public Builder jvmOptions(String... values) {
            jvmOptions.addAll(List.of(values));
            return this;
        }

        @CanIgnoreReturnValue
        public Builder httpPort(int value) {
            httpPort = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder admin(String username, String password) {
            adminUsername = username;
            adminPassword = password;
            return this;
        }

        public ServerOptions build() {
            return new ServerOptions(
                    version,
                    withExtension,
                    features,
                    buildArguments,
                    arguments,
                    logLevels,
                    realmImports,
                    jvmOptions,
                    httpPort,
                    adminUsername,
                    adminPassword);
        }
    }
}
