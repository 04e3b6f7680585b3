package dev.keycloakmcp.itest.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.client.transport.McpHttpClientTransportAuthorizationException;
import io.modelcontextprotocol.client.transport.customizer.McpSyncHttpClientRequestCustomizer;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.jspecify.annotations.Nullable;
import org.springaicommunity.mcp.security.client.sync.AuthenticationMcpTransportContextProvider;
import org.springaicommunity.mcp.security.client.sync.oauth2.http.client.OAuth2AuthorizationCodeSyncHttpRequestCustomizer;
import org.springaicommunity.mcp.security.client.sync.oauth2.http.client.OAuth2ClientCredentialsSyncHttpRequestCustomizer;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.client.AuthorizedClientServiceOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.InMemoryOAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientProviderBuilder;
import org.springframework.security.oauth2.client.authentication.OAuth2AuthorizationCodeAuthenticationProvider;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.web.HttpSessionOAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationCodeGrantFilter;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestRedirectFilter;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.web.client.RestClient;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * A web application on the MCP Java SDK, whose requests Spring Security authorizes as {@code mcp-client-security} joins
 * the two. Registration is the application's own, as Spring has none.
 */
final class SpringApplication implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REGISTRATION = "notes";
    private static final ParameterizedTypeReference<Map<String, Object>> MEMBERS =
            new ParameterizedTypeReference<>() {};
    private static final Pattern RESOURCE_METADATA = Pattern.compile("\\bresource_metadata=\"([^\"]*)\"");
    private static final Pattern SCOPE = Pattern.compile("\\bscope=\"([^\"]*)\"");

    private final URI server;
    private final Tomcat tomcat = new Tomcat();
    private final URI address;
    private final String clientId;
    private final ClientRegistration.Builder registration;
    private final Map<String, ClientRegistration> registrations = new ConcurrentHashMap<>();
    private final AtomicReference<Clock> clock = new AtomicReference<>(Clock.systemUTC());
    private final AtomicReference<String> answer = new AtomicReference<>("");
    private final AtomicInteger questions = new AtomicInteger();

    /**
     * Starts it, and registers it where the server's metadata leads.
     *
     * @param namesServer whether authorization requests have {@code resource}, which Spring adds only if told to
     */
    SpringApplication(URI server, boolean namesServer) {
        this.server = server;
        Connector connector = new Connector();
        connector.setProperty("address", "127.0.0.1");
        connector.setPort(0);
        tomcat.setBaseDir(scratch());
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", scratch());
        ClientRegistrationRepository known = registrations::get;
        var tokens = new HttpSessionOAuth2AuthorizedClientRepository();
        var manager = new DefaultOAuth2AuthorizedClientManager(known, tokens);
        manager.setAuthorizedClientProvider(OAuth2AuthorizedClientProviderBuilder.builder()
                .authorizationCode()
                .refreshToken(refresh -> refresh.clock(new Moving(clock)))
                .build());
        var requests = new DefaultOAuth2AuthorizationRequestResolver(known);
        requests.setAuthorizationRequestCustomizer(request -> {
            questions.incrementAndGet();
            if (namesServer) {
                request.additionalParameters(parameters -> parameters.put("resource", server.toString()));
            }
        });
        filter(context, "questions", new OAuth2AuthorizationRequestRedirectFilter(requests));
        filter(
                context,
                "answers",
                new OAuth2AuthorizationCodeGrantFilter(
                        known,
                        tokens,
                        new ProviderManager(new OAuth2AuthorizationCodeAuthenticationProvider(
                                new RestClientAuthorizationCodeTokenResponseClient()))));
        Tomcat.addServlet(
                        context,
                        "tools",
                        new Tools(new OAuth2AuthorizationCodeSyncHttpRequestCustomizer(manager, REGISTRATION)))
                .addMapping("/");
        try {
            tomcat.start();
        } catch (LifecycleException e) {
            throw new IllegalStateException(e);
        }
        address = URI.create("http://127.0.0.1:" + connector.getLocalPort());
        RestClient http = RestClient.create();
        String challenge = http.post().uri(server).exchange((request, response) -> response.getHeaders()
                .getFirst("WWW-Authenticate"));
        Map<String, Object> metadata = members(http.get()
                .uri(URI.create(parameter(RESOURCE_METADATA, challenge).orElseThrow()))
                .retrieve());
        registration = ClientRegistrations.fromIssuerLocation(
                ((List<?>) metadata.get("authorization_servers")).get(0).toString());
        Object endpoint = registration
                .registrationId(REGISTRATION)
                .clientId("not yet")
                .redirectUri(address + "/authorized")
                .build()
                .getProviderDetails()
                .getConfigurationMetadata()
                .get("registration_endpoint");
        clientId = members(http.post()
                        .uri(URI.create(String.valueOf(endpoint)))
                        .contentType(MediaType.APPLICATION_JSON)
                        .body(Map.of(
                                "client_name",
                                "Spring",
                                "redirect_uris",
                                List.of(address + "/authorized"),
                                "grant_types",
                                List.of("authorization_code", "refresh_token"),
                                "token_endpoint_auth_method",
                                "none"))
                        .retrieve())
                .get("client_id")
                .toString();
        registration.clientId(clientId).clientAuthenticationMethod(ClientAuthenticationMethod.NONE);
        // The challenge says what is needed first; all that the metadata lists may be more.
        ask(parameter(SCOPE, challenge)
                .map(scopes -> List.of(scopes.split(" ")))
                .orElse(List.of()));
    }

    /** The machine token's claims, by Spring Security's client credentials; no scope where {@code scope} is empty. */
    static JsonNode machine(URI server, URI issuer, String clientId, String secret, String scope) {
        ClientRegistration.Builder agent = ClientRegistrations.fromIssuerLocation(issuer.toString())
                .registrationId(REGISTRATION)
                .clientId(clientId)
                .clientSecret(secret)
                .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS);
        if (!scope.isEmpty()) {
            agent.scope(scope);
        }
        var known = new InMemoryClientRegistrationRepository(agent.build());
        var manager = new AuthorizedClientServiceOAuth2AuthorizedClientManager(
                known, new InMemoryOAuth2AuthorizedClientService(known));
        manager.setAuthorizedClientProvider(OAuth2AuthorizedClientProviderBuilder.builder()
                .clientCredentials()
                .build());
        return json(
                call(server, new OAuth2ClientCredentialsSyncHttpRequestCustomizer(manager, REGISTRATION), "whoami"));
    }

    /** Where a person has a tool of the server called. */
    URI page(String tool) {
        return address.resolve("/" + tool);
    }

    /** The claims that the last tool showed. */
    JsonNode answer() {
        return json(answer.getAndSet(""));
    }

    /** How often a person was sent to the authorization server. */
    int questions() {
        return questions.get();
    }

    /** For the next call, the access token's time has come. */
    void later() {
        clock.set(Clock.offset(Clock.systemUTC(), Duration.ofHours(1)));
    }

    private void ask(List<String> scopes) {
        registrations.put(REGISTRATION, registration.scope(scopes).build());
    }

    private static Map<String, Object> members(RestClient.ResponseSpec response) {
        return Optional.ofNullable(response.body(MEMBERS)).orElseThrow();
    }

    private static Optional<String> parameter(Pattern parameter, @Nullable String challenge) {
        return Optional.ofNullable(challenge)
                .map(parameter::matcher)
                .filter(Matcher::find)
                .map(found -> found.group(1));
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String scratch() {
        try {
            return Files.createTempDirectory(Files.createDirectories(Path.of("target", "interop")), "spring")
                    .toAbsolutePath()
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void filter(Context context, String name, Filter filter) {
        FilterDef definition = new FilterDef();
        definition.setFilterName(name);
        definition.setFilter(filter);
        context.addFilterDef(definition);
        FilterMap mapping = new FilterMap();
        mapping.setFilterName(name);
        mapping.addURLPattern("/*");
        context.addFilterMap(mapping);
    }

    private static String call(URI server, McpSyncHttpClientRequestCustomizer authorization, String tool) {
        var transport = HttpClientStreamableHttpTransport.builder(
                        server.resolve("/").toString())
                .endpoint(server.getPath())
                .httpRequestCustomizer(authorization)
                .build();
        var client = McpClient.sync(transport)
                .transportContextProvider(new AuthenticationMcpTransportContextProvider())
                .requestTimeout(Duration.ofSeconds(30))
                .initializationTimeout(Duration.ofSeconds(30))
                .build();
        try {
            client.initialize();
            return ((TextContent) client.callTool(CallToolRequest.builder(tool).build())
                            .content()
                            .get(0))
                    .text();
        } finally {
            client.close();
        }
    }

    @Override
    public void close() {
        try {
            tomcat.stop();
            tomcat.destroy();
        } catch (LifecycleException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Calls the tool that the path names, and asks for the scopes that it turns out to need. */
    private final class Tools extends HttpServlet {
        private static final long serialVersionUID = 1L;

        private final transient McpSyncHttpClientRequestCustomizer authorization;

        Tools(McpSyncHttpClientRequestCustomizer authorization) {
            this.authorization = authorization;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            SecurityContextHolder.getContext()
                    .setAuthentication(new AnonymousAuthenticationToken(
                            "key", "anonymousUser", AuthorityUtils.createAuthorityList("ROLE_ANONYMOUS")));
            RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request, response));
            try {
                answer.set(call(server, authorization, request.getServletPath().substring(1)));
                clock.set(Clock.systemUTC());
                response.getWriter().print("Done");
            } catch (RuntimeException e) {
                ask(List.of(missingScope(e).orElseThrow(() -> e).split(" ")));
                new HttpSessionOAuth2AuthorizedClientRepository()
                        .removeAuthorizedClient(
                                REGISTRATION,
                                SecurityContextHolder.getContext().getAuthentication(),
                                request,
                                response);
                response.sendRedirect(request.getRequestURI());
            } finally {
                RequestContextHolder.resetRequestAttributes();
                SecurityContextHolder.clearContext();
            }
        }

        private static Optional<String> missingScope(Throwable failure) {
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                if (cause instanceof McpHttpClientTransportAuthorizationException refused
                        && refused.getResponseInfo().statusCode() == 403) {
                    return parameter(
                            SCOPE,
                            refused.getResponseInfo()
                                    .headers()
                                    .firstValue("WWW-Authenticate")
                                    .orElse(null));
                }
            }
            return Optional.empty();
        }
    }

    /** What {@code clock} says at the moment. */
    private static final class Moving extends Clock {
        private final AtomicReference<Clock> clock;

        Moving(AtomicReference<Clock> clock) {
            this.clock = clock;
        }

        @Override
        public java.time.ZoneId getZone() {
            return clock.get().getZone();
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return clock.get().withZone(zone);
        }

        @Override
        public java.time.Instant instant() {
            return clock.get().instant();
        }
    }
}
