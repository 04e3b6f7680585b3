package dev.keycloakmcp.itest.registration;

import static dev.keycloakmcp.itest.registration.Registrations.SERVER;
import static dev.keycloakmcp.itest.registration.Registrations.authOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Registration;
import dev.keycloakmcp.itest.server.TestRealm;
import dev.keycloakmcp.itest.server.Workspace;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Real clients, each at an endpoint that is configured as the documentation says for it and no wider. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealClientsIT {

    private static final Pattern ENTRY = Pattern.compile("`([a-z-]+)`: `([^`]+)`");

    private Registrations registrations;

    @BeforeAll
    void configure(TestRealm realm) {
        registrations = Registrations.in(realm, Map.of());
    }

    static Stream<Arguments> clients() {
        return fixture().stream().map(client -> Arguments.of(client.get("name").asText(), client.get("body")));
    }

    /** The last column of the table in the documentation, by client. */
    private static Map<String, Map<String, List<String>>> documented() {
        try {
            String document = Files.readString(Workspace.root().resolve("docs/start/let-clients-register.md"));
            String table = document.substring(document.indexOf("| client | redirect URIs |"));
            Map<String, Map<String, List<String>>> rows = new LinkedHashMap<>();
            table.substring(0, table.indexOf("\n\n")).lines().skip(2).forEach(line -> {
                String[] cells = line.split("\\|");
                Map<String, List<String>> configuration = new HashMap<>();
                ENTRY.matcher(cells[3])
                        .results()
                        .forEach(entry -> configuration.put(entry.group(1), List.of(entry.group(2))));
                rows.put(cells[1].trim(), configuration);
            });
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void the_documentation_has_a_row_for_every_client() {
        assertThat(documented().keySet())
                .containsExactlyElementsOf(fixture().stream()
                        .map(client -> client.get("name").asText())
                        .toList());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("clients")
    void registers_logs_in_refreshes_and_steps_up(String name, JsonNode body) {
        Map<String, List<String>> needed = documented().get(name);
        if (!needed.isEmpty()) {
            Registration.configure(registrations, "anonymous", Map.of());
            assertThat(registrations.register(body.toString()).error()).isEqualTo("invalid_redirect_uri");
        }
        Registration.configure(registrations, "anonymous", needed);

        Reply registered = registrations.register(body.toString()).expect(201);

        for (String echoed : List.of(
                "client_name",
                "redirect_uris",
                "client_uri",
                "software_id",
                "software_version",
                "application_type",
                "token_endpoint_auth_method",
                "grant_types")) {
            if (body.has(echoed)) {
                assertThat(registered.json().get(echoed)).as(echoed).isEqualTo(body.get(echoed));
            }
        }
        assertThat(registered.get("registration_client_uri")).startsWith(registrations.endpoint() + "/");
        for (JsonNode redirect : body.get("redirect_uris")) {
            logsInRefreshesAndStepsUp(name, registered, redirect.asText());
        }
        if (name.equals("Claude Code")) {
            logsInRefreshesAndStepsUp(name, registered, "http://localhost:61001/callback"); // the next run
        }
    }

    private void logsInRefreshesAndStepsUp(String name, Reply registered, String redirect) {
        OAuthClient oauth = registrations.oauth();
        Browser browser = new Browser();
        Authorization login = oauth.authorize(request(name, registered, redirect, "mcp:read"), browser)
                .as("alice", "alice");
        assertThat(login.callback().get("iss")).isEqualTo(oauth.issuer().toString());
        Reply tokens = oauth.code(authOf(registered), login, Form.empty()).expect(200);
        Jwt token = oauth.verify(tokens.accessToken());
        assertThat(token.text("aud")).isEqualTo(SERVER);
        assertThat(token.text("scope").split(" ")).contains("mcp:read");
        if (registered.json().get("grant_types").toString().contains("refresh_token")) {
            Reply refreshed = oauth.refresh(authOf(registered), tokens.refreshToken(), Form.empty())
                    .expect(200);
            assertThat(oauth.verify(refreshed.accessToken()).text("aud")).isEqualTo(SERVER);
        } else {
            assertThat(tokens.find("refresh_token")).isEmpty();
        }
        Authorization stepUp = oauth.authorize(request(name, registered, redirect, "mcp:read mcp:write"), browser)
                .as("alice", "alice");
        Reply more = oauth.code(authOf(registered), stepUp, Form.empty()).expect(200);
        assertThat(more.get("scope").split(" ")).contains("mcp:read", "mcp:write");
        assertThat(oauth.verify(more.accessToken()).text("aud")).isEqualTo(SERVER);
    }

    /** What the client asks for, as the fixture notes. */
    private Form request(String name, Reply registered, String redirect, String scope) {
        Form request = Form.of("client_id", registered.get("client_id")).with("redirect_uri", redirect);
        return switch (name) {
            case "mcp-remote" ->
                request.with(
                                "scope",
                                scope.contains("write") ? registrations.advertisedScopes() : scope + " offline_access")
                        .with("resource", SERVER + "/")
                        .with("prompt", "consent");
            case "MCP TypeScript SDK v2", "Claude Code" ->
                request.with("scope", scope + " offline_access").with("resource", SERVER);
            case "Agent Mesh gateway" -> request.with("scope", scope + " offline_access");
            default -> request.with("scope", scope).with("resource", SERVER);
        };
    }

    /** The clients of the fixture. */
    private static List<JsonNode> fixture() {
        try (InputStream file = RealClientsIT.class.getResourceAsStream("/registration/mcp-clients.json")) {
            return new ObjectMapper()
                    .readTree(file)
                    .get("clients")
                    .valueStream()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
