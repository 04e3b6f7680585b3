package dev.keycloakmcp.itest.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.itest.demo.AccessTokenVerifier.RefusedTokenException;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.apache.tomcat.util.modeler.Registry;
import org.jspecify.annotations.Nullable;

/**
 * A servlet behind bearer tokens, on a free port of the loopback interface: protected resource metadata
 * (RFC 9728), and challenges as MCP wants them (RFC 6750 with {@code resource_metadata} and
 * {@code scope}). An MCP server and a plain API differ only in the servlet.
 */
final class ProtectedResource implements AutoCloseable {

    /** Which scope a request needs; none when any valid token will do. */
    @FunctionalInterface
    interface ScopeRule {
        @Nullable String neededFor(String method, byte[] body);
    }

    /** The request attribute that carries the {@link Caller} to the servlet. */
    static final String CALLER = Caller.class.getName();

    private static final String METADATA = "/.well-known/oauth-protected-resource";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final String path;
    private final List<String> scopes;
    private final boolean advertised;
    private final Tomcat tomcat = new Tomcat();
    private final URI uri;
    private final AtomicReference<@Nullable Trust> trust = new AtomicReference<>();
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();

    private record Trust(URI issuer, AccessTokenVerifier verifier, Predicate<String> active) {}

    ProtectedResource(String name, String path, List<String> scopes, ScopeRule rule, HttpServlet servlet) {
        this(name, path, scopes, true, rule, servlet);
    }

    /** @param advertised whether clients are told the scopes before they lack one */
    ProtectedResource(
            String name, String path, List<String> scopes, boolean advertised, ScopeRule rule, HttpServlet servlet) {
        this.advertised = advertised;
        this.name = name;
        this.path = path;
        this.scopes = scopes;
        String directory = Scratch.folder().toString();
        Registry.disableRegistry();
        tomcat.setBaseDir(directory);
        Connector connector = new Connector();
        connector.setProperty("address", "127.0.0.1");
        connector.setPort(0);
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", directory);
        serve(context, "resource", servlet, path);
        serve(context, "metadata", new MetadataServlet(), METADATA + path);
        protect(context, new BearerFilter(rule), path);
        try {
            tomcat.start();
        } catch (LifecycleException e) {
            throw new IllegalStateException("Cannot start " + name, e);
        }
        uri = URI.create("http://127.0.0.1:" + connector.getLocalPort() + path);
    }

    private static void serve(Context context, String name, HttpServlet servlet, String path) {
        var wrapper = Tomcat.addServlet(context, name, servlet);
        wrapper.setAsyncSupported(true);
        wrapper.addMapping(path);
    }

    private static void protect(Context context, Filter filter, String path) {
        FilterDef definition = new FilterDef();
        definition.setFilterName("bearer");
        definition.setFilter(filter);
        definition.setAsyncSupported("true");
        context.addFilterDef(definition);
        FilterMap mapping = new FilterMap();
        mapping.setFilterName("bearer");
        mapping.addURLPattern(path);
        context.addFilterMap(mapping);
    }

    /** Its canonical URI (RFC 8707): what a token for it has as {@code aud}. */
    URI uri() {
        return uri;
    }

    /** From now on takes tokens of that authorization server; before, nobody gets in. */
    void trust(URI issuer, URI jwks) {
        trust(issuer, jwks, token -> true);
    }

    /** @param active whether the authorization server still stands by a token that was verified */
    void trust(URI issuer, URI jwks, Predicate<String> active) {
        trust.set(new Trust(issuer, new AccessTokenVerifier(issuer, jwks, uri), active));
    }

    /** As if all tokens that it took so far had expired. */
    void refuseKnownTokens() {
        refused.addAll(known);
    }

    private Caller verify(String token) throws RefusedTokenException, ServletException {
        if (refused.contains(token)) {
            throw new RefusedTokenException("Refused from now on", null);
        }
        Trust trusted = trusted();
        Caller caller = trusted.verifier().verify(token);
        if (!trusted.active().test(token)) {
            throw new RefusedTokenException("The authorization server says that the token is not active", null);
        }
        known.add(token);
        return caller;
    }

    @Override
    public void close() {
        try {
            tomcat.stop();
            tomcat.destroy();
        } catch (LifecycleException e) {
            throw new IllegalStateException("Cannot stop " + name, e);
        }
    }

    private Trust trusted() throws ServletException {
        Trust trusted = trust.get();
        if (trusted == null) {
            throw new ServletException(name + " trusts no authorization server yet");
        }
        return trusted;
    }

    /** Says where to get a token for this resource. */
    private final class MetadataServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException, ServletException {
            Map<String, Object> metadata = new LinkedHashMap<>();
            metadata.put("resource", uri.toString());
            metadata.put("resource_name", name);
            metadata.put("authorization_servers", List.of(trusted().issuer().toString()));
            metadata.put("bearer_methods_supported", List.of("header"));
            if (advertised) {
                metadata.put("scopes_supported", scopes);
            }
            response.setContentType("application/json");
            JSON.writeValue(response.getOutputStream(), metadata);
        }
    }

    private final class BearerFilter extends HttpFilter {
        private static final long serialVersionUID = 1L;
        private static final String SCHEME = "Bearer ";

        private final transient ScopeRule rule;

        BearerFilter(ScopeRule rule) {
            this.rule = rule;
        }

        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            String header = request.getHeader("Authorization");
            if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
                challenge(response, HttpServletResponse.SC_UNAUTHORIZED, null, null, atFirst());
                return;
            }
            Caller caller;
            try {
                caller = verify(header.substring(SCHEME.length()).strip());
            } catch (RefusedTokenException e) {
                challenge(
                        response,
                        HttpServletResponse.SC_UNAUTHORIZED,
                        "invalid_token",
                        String.valueOf(e.getMessage()),
                        atFirst());
                return;
            }
            byte[] body = request.getInputStream().readAllBytes();
            String needed = rule.neededFor(request.getMethod(), body);
            if (needed != null && !caller.scopes().contains(needed)) {
                Set<String> wanted = new TreeSet<>(caller.scopes());
                wanted.retainAll(scopes);
                wanted.add(needed);
                challenge(
                        response,
                        HttpServletResponse.SC_FORBIDDEN,
                        "insufficient_scope",
                        "This needs the scope " + needed,
                        wanted);
                return;
            }
            request.setAttribute(CALLER, caller);
            chain.doFilter(new BufferedRequest(request, body), response);
            if (request.isAsyncStarted() && "GET".equals(request.getMethod())) {
                // Some clients wait for the headers of the stream before they send anything else.
                response.flushBuffer();
            }
        }

        private List<String> atFirst() {
            return advertised ? scopes.subList(0, 1) : List.of();
        }

        private void challenge(
                HttpServletResponse response,
                int status,
                @Nullable String error,
                @Nullable String description,
                Collection<String> wanted) {
            StringBuilder header = new StringBuilder(SCHEME);
            if (error != null) {
                header.append("error=\"").append(error).append("\", ");
            }
            if (description != null) {
                header.append("error_description=\"")
                        .append(description.replace('"', '\''))
                        .append("\", ");
            }
            if (!wanted.isEmpty()) {
                header.append("scope=\"").append(String.join(" ", wanted)).append("\", ");
            }
            header.append("resource_metadata=\"")
                    .append(uri.resolve(METADATA + path))
                    .append('"');
            response.setHeader("WWW-Authenticate", header.toString());
            response.setStatus(status);
        }
    }

    /** A request whose body was read already, and can be read again. */
    private static final class BufferedRequest extends HttpServletRequestWrapper {
        private final byte[] body;

        BufferedRequest(HttpServletRequest request, byte[] body) {
            super(request);
            this.body = body;
        }

        @Override
        public BufferedReader getReader() {
            return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
        }

        @Override
        public ServletInputStream getInputStream() {
            ByteArrayInputStream bytes = new ByteArrayInputStream(body);
            return new ServletInputStream() {
                @Override
                public int read() {
                    return bytes.read();
                }

                @Override
                public int read(byte[] into, int offset, int length) {
                    return bytes.read(into, offset, length);
                }

                @Override
                public boolean isFinished() {
                    return bytes.available() == 0;
                }

                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setReadListener(ReadListener listener) {
                    throw new UnsupportedOperationException("The body is here already");
                }
            };
        }
    }
}
