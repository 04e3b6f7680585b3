package dev.keycloakmcp.itest.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Keycloak as a process on the loopback interface. */
final class ProcessKeycloak extends KeycloakServer {

    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration DEADLINE = Duration.ofSeconds(Integer.getInteger("keycloak.start.seconds", 240));
    /** A test server lives too short for the optimising compiler; who measures sets it to 4. */
    private static final String QUICK_START = "-XX:TieredStopAtLevel=1";

    private static final int ATTEMPTS = 3;
    private static final Duration POLL = Duration.ofMillis(400);
    private static final Duration NEWS = Duration.ofSeconds(10);

    /** Logs of this run: a server started again goes on writing where it left off. */
    private static final Set<Path> LOGS = ConcurrentHashMap.newKeySet();

    private final KeycloakHome home;
    private final ServerProcess process;
    private boolean stopped;

    private ProcessKeycloak(
            ServerOptions options, KeycloakHome home, ServerProcess process, int port, int management, Path log) {
        super(options, uri(port), uri(management), log);
        this.home = home;
        this.process = process;
    }

    static KeycloakServer launch(ServerOptions options, Consumer<String> progress) {
        KeycloakHome home = KeycloakHome.claim(options, progress);
        try {
            for (int attempt = 1; ; attempt++) {
                ProcessKeycloak server = start(options, home);
                try {
                    server.awaitReady(progress);
                    return server;
                } catch (IllegalStateException e) {
                    server.process.stop();
                    if (options.httpPort() != 0 || attempt == ATTEMPTS || !lostItsPort(e)) {
                        throw e;
                    }
                    progress.accept("somebody took the port, trying again");
                }
            }
        } catch (IOException e) {
            home.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException | Error e) {
            home.close();
            throw e;
        }
    }

    @Override
    public boolean isRunning() {
        return process.isAlive();
    }

    @Override
    synchronized void stop() {
        if (!stopped) {
            stopped = true;
            process.stop();
            home.close();
        }
    }

    private static ProcessKeycloak start(ServerOptions options, KeycloakHome home) throws IOException {
        int port = options.httpPort() == 0 ? freePort() : options.httpPort();
        int management = freePort();
        List<String> command = new ArrayList<>(List.of(
                "sh",
                home.script().toString(),
                "start",
                "--optimized",
                "--http-enabled=true",
                "--http-host=" + LOOPBACK,
                "--http-port=" + port,
                "--http-management-port=" + management,
                "--hostname-strict=false"));
        if (options.arguments().stream().noneMatch(argument -> argument.startsWith("--cache"))) {
            command.add("--cache=local");
        }
        if (!options.realmImports().isEmpty()) {
            command.add("--import-realm");
        }
        List<String> levels = new ArrayList<>(List.of("info", "io.smallrye.health:warn"));
        levels.addAll(options.logLevels());
        command.add("--log-level=" + String.join(",", levels));
        command.addAll(options.arguments());

        Map<String, String> environment = new HashMap<>();
        environment.put("KC_BOOTSTRAP_ADMIN_USERNAME", options.adminUsername());
        environment.put("KC_BOOTSTRAP_ADMIN_PASSWORD", options.adminPassword());
        environment.put("JAVA_OPTS_KC_HEAP", "-Xms256m -Xmx1g");
        environment.put("JAVA_OPTS_APPEND", QUICK_START + " " + String.join(" ", options.jvmOptions()));

        Path log = Workspace.logs().resolve(home.name() + ".log");
        if (LOGS.add(log)) {
            Files.deleteIfExists(log);
        }
        ServerProcess process = ServerProcess.start(command, home.folder(), environment, log);
        return new ProcessKeycloak(options, home, process, port, management, log);
    }

    private void awaitReady(Consumer<String> progress) {
        progress.accept("starting " + home.name() + " at " + baseUri() + ", log " + logFile());
        HttpClient http =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
        HttpRequest probe = HttpRequest.newBuilder(URI.create(managementUri() + "/health/ready"))
                .timeout(Duration.ofSeconds(5))
                .build();
        long start = System.nanoTime();
        Duration nextNews = NEWS;
        while (true) {
            Duration waited = Duration.ofNanos(System.nanoTime() - start);
            if (!process.isAlive()) {
                throw failed("ended while starting");
            }
            if (isReady(http, probe)) {
                progress.accept("ready after " + waited.toSeconds() + " s");
                return;
            }
            if (waited.compareTo(DEADLINE) > 0) {
                throw failed("was not ready after " + DEADLINE.toSeconds() + " s");
            }
            if (waited.compareTo(nextNews) > 0) {
                progress.accept("still starting, " + waited.toSeconds() + " s");
                nextNews = nextNews.plus(NEWS);
            }
            try {
                Thread.sleep(POLL.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw failed("was interrupted while starting");
            }
        }
    }

    private static boolean isReady(HttpClient http, HttpRequest probe) {
        try {
            return http.send(probe, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Between our look for a free port and the server's start somebody else may take it. */
    private static boolean lostItsPort(IllegalStateException e) {
        return String.valueOf(e.getMessage()).contains("already bound");
    }

    private IllegalStateException failed(String how) {
        return new IllegalStateException("Keycloak " + how + ", see " + logFile() + "\n" + LogFile.tail(logFile(), 40));
    }

    private static URI uri(int port) {
        return URI.create("http://" + LOOPBACK + ":" + port);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
