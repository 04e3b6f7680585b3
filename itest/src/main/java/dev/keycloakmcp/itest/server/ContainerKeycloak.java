package dev.keycloakmcp.itest.server;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import dasniko.testcontainers.keycloak.ExtendableKeycloakContainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.output.OutputFrame;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** Keycloak as a container, through any Docker API. */
final class ContainerKeycloak extends KeycloakServer {

    private static final String LOOPBACK = "127.0.0.1";
    private static final int HTTP = 8080;
    private static final int MANAGEMENT = 9000;
    private static final Duration DEADLINE = Duration.ofMinutes(10);

    private final Image container;

    /** Its ports are open at the one address where we reach it: on this machine, the loopback interface. */
    private static final class Image extends ExtendableKeycloakContainer<Image> {
        private final ServerOptions options;

        private Image(String name, ServerOptions options) {
            super(DockerImageName.parse(name).asCompatibleSubstituteFor("keycloak/keycloak"));
            this.options = options;
            String address = address(DockerClientFactory.instance().dockerHostIpAddress());
            if (address.matches("[0-9.]+")) {
                withCreateContainerCmdModifier(command -> reachableOnlyAt(address, command.getHostConfig()));
            }
        }

        @Override
        protected void configure() {
            super.configure();
            withEnv("JAVA_OPTS_KC_HEAP", "-Xms256m -Xmx1g");
            List<String> command = new ArrayList<>(List.of(getCommandParts()));
            if (options.buildArguments().stream().noneMatch(argument -> argument.startsWith("--db="))) {
                command.add("--db=dev-mem");
            }
            command.addAll(options.buildArguments());
            if (options.arguments().stream().noneMatch(argument -> argument.startsWith("--cache"))) {
                command.add("--cache=local");
            }
            List<String> levels = new ArrayList<>(List.of("info", "io.smallrye.health:warn"));
            levels.addAll(options.logLevels());
            command.add("--log-level=" + String.join(",", levels));
            command.addAll(options.arguments());
            setCommandParts(command.toArray(String[]::new));
        }

        private void reachableOnlyAt(String address, @Nullable HostConfig host) {
            if (host != null) {
                host.withPortBindings(getExposedPorts().stream()
                        .map(port -> new PortBinding(Ports.Binding.bindIp(address), ExposedPort.tcp(port)))
                        .toArray(PortBinding[]::new));
            }
        }
    }

    private ContainerKeycloak(ServerOptions options, Image container, Path log) {
        super(options, uri(container, HTTP), uri(container, MANAGEMENT), log);
        this.container = container;
    }

    static KeycloakServer launch(ServerOptions options, Consumer<String> progress) {
        String name = System.getProperty("keycloak.image", "keycloak/keycloak:" + options.version());
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            throw new IllegalStateException("keycloak.mode=container needs a Docker API: start Docker, or Podman's"
                    + " socket and set DOCKER_HOST; or leave keycloak.mode out to run Keycloak as a process");
        }
        Path log = Workspace.logs().resolve(options.variant() + "-container.log");
        startLog(log);
        Image image = new Image(name, options)
                .withAdminUsername(options.adminUsername())
                .withAdminPassword(options.adminPassword())
                .withStartupTimeout(DEADLINE)
                .withEnabledMetrics()
                .withEnv("JAVA_OPTS_APPEND", "-XX:TieredStopAtLevel=1 " + String.join(" ", options.jvmOptions()));
        // Into the file, and not line by line into the output of the tests as well.
        image.setLogConsumers(List.of(frame -> append(log, frame)));
        if (!options.features().isEmpty()) {
            image.withFeaturesEnabled(options.features().toArray(String[]::new));
        }
        image.withProviderLibsFrom(
                Workspace.providers(options).stream().map(Path::toFile).toList());
        for (Path realm : options.realmImports()) {
            image.withCopyFileToContainer(
                    MountableFile.forHostPath(realm), "/opt/keycloak/data/import/" + realm.getFileName());
        }
        progress.accept("starting container " + name + ", log " + log);
        try {
            image.start();
        } catch (RuntimeException e) {
            image.stop();
            throw new IllegalStateException(
                    "The container " + name + " did not start, see " + log + "\n" + LogFile.tail(log, 40), e);
        }
        ContainerKeycloak server = new ContainerKeycloak(options, image, log);
        progress.accept("ready at " + server.baseUri());
        return server;
    }

    @Override
    public boolean isRunning() {
        return container.isRunning();
    }

    @Override
    void stop() {
        container.stop();
    }

    private static URI uri(Image container, int port) {
        return URI.create("http://" + address(container.getHost()) + ":" + container.getMappedPort(port));
    }

    private static String address(String host) {
        return host.equals("localhost") ? LOOPBACK : host;
    }

    private static void startLog(Path log) {
        try {
            Files.createDirectories(log.getParent());
            Files.deleteIfExists(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void append(Path log, OutputFrame frame) {
        byte[] bytes = frame.getBytes();
        if (bytes == null) {
            return;
        }
        try {
            Files.write(log, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
