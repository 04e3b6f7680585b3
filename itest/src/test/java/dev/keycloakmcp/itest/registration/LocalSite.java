package dev.keycloakmcp.itest.registration;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.keycloakmcp.itest.server.SelfSigned;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A client's own web site on the loopback interface, which serves the JSON it is given. */
final class LocalSite implements AutoCloseable {

    private static final String LOOPBACK = "127.0.0.1";

    private final HttpServer server;
    private final String scheme;
    private final Map<String, String> pages = new ConcurrentHashMap<>();

    private LocalSite(HttpServer server, String scheme) {
        this.server = server;
        this.scheme = scheme;
        server.createContext("/", exchange -> {
            String page = pages.get(exchange.getRequestURI().getPath());
            byte[] body = (page == null ? "" : page).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(page == null ? 404 : 200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    static LocalSite http() {
        try {
            return new LocalSite(HttpServer.create(anyPort(), 0), "http");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With a certificate that nobody trusts. */
    static LocalSite https(Path folder) {
        try {
            HttpsServer server = HttpsServer.create(anyPort(), 0);
            server.setHttpsConfigurator(
                    new HttpsConfigurator(tls(SelfSigned.in(folder, "CN=site", "-ext", "san=ip:" + LOOPBACK))));
            return new LocalSite(server, "https");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    URI uri(String path) {
        return URI.create(scheme + "://" + LOOPBACK + ":" + server.getAddress().getPort() + path);
    }

    void put(String path, String json) {
        pages.put(path, json);
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private static InetSocketAddress anyPort() throws IOException {
        return new InetSocketAddress(InetAddress.getByName(LOOPBACK), 0);
    }

    private static SSLContext tls(KeyStore keys) throws GeneralSecurityException {
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, SelfSigned.password());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }
}
