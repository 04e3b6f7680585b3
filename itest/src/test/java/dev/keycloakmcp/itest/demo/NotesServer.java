package dev.keycloakmcp.itest.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

/** The demo's kind of MCP server, on the Java SDK, with the tools that the tests of other people's clients call. */
public final class NotesServer implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final McpToolServer server;
    private final HttpServer control;

    /** @param advertised whether its metadata and challenges name scopes before one is missing */
    public NotesServer(URI issuer, boolean advertised) {
        server = new McpToolServer(
                "notes",
                List.of(
                        new McpToolServer.Tool("whoami", "The claims of the token", "notes:read", NotesServer::claims),
                        new McpToolServer.Tool("write_note", "Needs notes:write", "notes:write", NotesServer::claims)),
                advertised);
        server.trust(issuer, URI.create(issuer + "/protocol/openid-connect/certs"));
        try {
            control = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        control.createContext("/control/expire", exchange -> {
            server.refuseKnownTokens();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        control.start();
    }

    public URI uri() {
        return server.uri();
    }

    /** Where clients of the tests declare the tokens expired that the server took so far. */
    public URI control() {
        return URI.create("http://127.0.0.1:" + control.getAddress().getPort());
    }

    private static String claims(Caller caller) {
        try {
            return JSON.writeValueAsString(caller.claims());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        control.stop(0);
        server.close();
    }
}
