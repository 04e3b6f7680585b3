package dev.keycloakmcp.itest.server;

import java.net.URI;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.keycloak.admin.client.Keycloak;
import org.keycloak.admin.client.KeycloakBuilder;

/**
 * A running Keycloak. By default it is a process on the loopback interface; with the system property
 * {@code keycloak.mode=container} it is a container.
 */
public abstract class KeycloakServer implements AutoCloseable {

    private static final String PROCESS = "process";

    private final ServerOptions options;
    private final URI baseUri;
    private final URI managementUri;
    private final Path logFile;
    private @Nullable Keycloak admin;

    KeycloakServer(ServerOptions options, URI baseUri, URI managementUri, Path logFile) {
        this.options = options;
        this.baseUri = baseUri;
        this.managementUri = managementUri;
        this.logFile = logFile;
    }

    /** Starts a server and waits until it is ready. Progress goes to standard output. */
    public static KeycloakServer start(ServerOptions options) {
        return start(options, KeycloakServer::print);
    }

    /** A process in every mode, for servers that share files with the test. */
    public static KeycloakServer startProcess(ServerOptions options) {
        return ProcessKeycloak.launch(options, KeycloakServer::print);
    }

    /** Whether {@link #start} starts processes, which share the loopback interface with the tests. */
    public static boolean runsAsProcess() {
        return PROCESS.equals(mode());
    }

    private static String mode() {
        return System.getProperty("keycloak.mode", PROCESS);
    }

    private static void print(String line) {
        System.out.println("[keycloak] " + line);
    }

    public static KeycloakServer start(ServerOptions options, Consumer<String> progress) {
        String mode = mode();
        return switch (mode) {
            case PROCESS -> ProcessKeycloak.launch(options, progress);
            case "container" -> ContainerKeycloak.launch(options, progress);
            default ->
                throw new IllegalArgumentException("keycloak.mode is 'process' or 'container', not '" + mode + "'");
        };
    }

    public final ServerOptions options() {
        return options;
    }

    /** Without a trailing slash. */
    public final URI baseUri() {
        return baseUri;
    }

    /** Health and metrics. */
    public final URI managementUri() {
        return managementUri;
    }

    public final URI realmUri(String realm) {
        return URI.create(baseUri + "/realms/" + realm);
    }

    public final String adminUsername() {
        return options.adminUsername();
    }

    public final String adminPassword() {
        return options.adminPassword();
    }

    /** What the server wrote so far. */
    public final Path logFile() {
        return logFile;
    }

    /** The admin REST client, as the bootstrap administrator. */
    public final synchronized Keycloak admin() {
        if (admin == null) {
            admin = KeycloakBuilder.builder()
                    .serverUrl(baseUri.toString())
                    .realm("master")
                    .clientId("admin-cli")
                    .username(adminUsername())
                    .password(adminPassword())
                    .build();
        }
        return admin;
    }

    /** An access token of the bootstrap administrator. */
    public final String adminToken() {
        return admin().tokenManager().getAccessTokenString();
    }

    public abstract boolean isRunning();

    /** Ends the server and everything it started; does nothing the second time. */
    @Override
    public final void close() {
        synchronized (this) {
            if (admin != null) {
                admin.close();
                admin = null;
            }
        }
        stop();
    }

    abstract void stop();
}
