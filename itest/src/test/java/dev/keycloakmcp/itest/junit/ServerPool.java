package dev.keycloakmcp.itest.junit;

import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.ServerOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** The running servers, at most two: the one that was not used for longest makes room. */
final class ServerPool implements AutoCloseable {

    private static final int MOST_ALIVE = 2;
    private static final Namespace NAMESPACE = Namespace.create(ServerPool.class);

    private final Map<Key, KeycloakServer> servers = new LinkedHashMap<>(4, 0.75f, true);

    private record Key(ServerOptions options, boolean process) {}

    static ServerPool of(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(ServerPool.class, key -> new ServerPool(), ServerPool.class);
    }

    /** A running server; as a process in every mode, or in the mode of all tests. */
    synchronized KeycloakServer get(ServerOptions options, boolean process) {
        Key key = new Key(options, process && !KeycloakServer.runsAsProcess());
        KeycloakServer running = servers.get(key);
        if (running != null && running.isRunning()) {
            return running;
        }
        if (running != null) {
            servers.remove(key);
            running.close();
        }
        while (servers.size() >= MOST_ALIVE) {
            var eldest = servers.entrySet().iterator();
            KeycloakServer server = eldest.next().getValue();
            eldest.remove();
            server.close();
        }
        KeycloakServer server = key.process() ? KeycloakServer.startProcess(options) : KeycloakServer.start(options);
        servers.put(key, server);
        return server;
    }

    @Override
    public synchronized void close() {
        new ArrayList<>(servers.values()).forEach(KeycloakServer::close);
        servers.clear();
    }
}
