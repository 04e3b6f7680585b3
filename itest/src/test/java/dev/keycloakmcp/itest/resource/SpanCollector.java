package dev.keycloakmcp.itest.resource;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Takes spans (OTLP over HTTP, in protobuf) on a free port of the loopback interface, and keeps the bytes. */
final class SpanCollector implements AutoCloseable {

    /** Between the id of a trace and the name of a span are the ids of that span and of its parent. */
    private static final String IDS = ".{0,60}?";

    private static final String ATTRIBUTES = ".{0,400}?";

    private final HttpServer server;
    private final StringBuffer received = new StringBuffer();

    SpanCollector() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/v1/traces", this::take);
        server.start();
    }

    private void take(HttpExchange export) throws IOException {
        received.append(new String(export.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
        export.sendResponseHeaders(200, -1);
        export.close();
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** True when a span of that trace came with that name and, in what follows it, that text. */
    boolean has(String traceId, String name, String text) {
        String trace = new String(HexFormat.of().parseHex(traceId), StandardCharsets.ISO_8859_1);
        return Pattern.compile(
                        Pattern.quote(trace) + IDS + Pattern.quote(name) + ATTRIBUTES + Pattern.quote(text),
                        Pattern.DOTALL)
                .matcher(received.toString())
                .find();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
