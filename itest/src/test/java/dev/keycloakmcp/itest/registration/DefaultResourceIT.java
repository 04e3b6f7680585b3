package dev.keycloakmcp.itest.registration;

import static dev.keycloakmcp.itest.registration.Registrations.CALLBACK;
import static dev.keycloakmcp.itest.registration.Registrations.OTHER;
import static dev.keycloakmcp.itest.registration.Registrations.SERVER;
import static dev.keycloakmcp.itest.registration.Registrations.authOf;
import static dev.keycloakmcp.itest.registration.Registrations.publicClient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Registration;
import dev.keycloakmcp.itest.server.TestRealm;
import jakarta.ws.rs.BadRequestException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A realm with several servers, and registered clients that name none of them, as Agent Mesh's gateway does. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DefaultResourceIT {

    private static final String GATEWAY = "https://mesh.example.com/api/v1/auth/tool/callback";

    private static final Map<String, List<String>> CONFIGURATION = Map.of(
            "https-redirect-hosts",
            List.of("mesh.example.com"),
            "allowed-grant-types",
            List.of("authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"),
            "default-resource",
            List.of(SERVER));

    private Registrations registrations;
    private OAuthClient oauth;

    @BeforeAll
    void configure(TestRealm realm) {
        registrations = Registrations.in(realm, CONFIGURATION, Map.of());
        registrations.settings(settings -> {
            settings.setLoginTheme("mcp");
            settings.setEventsListeners(List.of("jboss-logging", "mcp-audit"));
        });
        oauth = registrations.oauth();
    }

    @AfterEach
    void restore() {
        configure("default-resource", SERVER);
    }

    private void configure(String key, String... values) {
        Map<String, List<String>> changed = new HashMap<>(CONFIGURATION);
        changed.put(key, List.of(values));
        Registration.configure(registrations, "anonymous", changed);
    }

    /** As Agent Mesh's gateway registers. */
    private Reply gateway() {
        return registrations
                .register(Map.of(
                        "client_name",
                        "Agent Mesh",
                        "redirect_uris",
                        List.of(GATEWAY),
                        "grant_types",
                        List.of("authorization_code", "refresh_token"),
                        "response_types",
                        List.of("code")))
                .expect(201);
    }

    private static ClientAuth posting(Reply gateway) {
        return ClientAuth.post(gateway.get("client_id"), gateway.get("client_secret"));
    }

    private Authorization ask(Reply client, Form more) {
        return ask(client, more, new Browser());
    }

    private Authorization ask(Reply client, Form more, Browser browser) {
        return oauth.authorize(
                Form.of("client_id", client.get("client_id"))
                        .with(
                                "redirect_uri",
                                client.json().get("redirect_uris").get(0).asText())
                        .and(more),
                browser);
    }

    private Jwt token(Reply tokens) {
        return oauth.verify(tokens.expect(200).accessToken());
    }

    @Test
    void the_gateway_of_an_agent_mesh_signs_in_refreshes_and_steps_up() {
        Reply gateway = gateway();
        Browser browser = new Browser();

        Authorization login = ask(gateway, Form.empty(), browser).login("alice", "alice");
        assertThat(login.asksForConsent()).isTrue();
        assertThat(login.page().document().text()).contains("mcp.example.com").doesNotContain("other.example.com");
        Reply tokens = oauth.code(posting(gateway), login.consent(true), Form.empty());
        assertThat(token(tokens).text("aud")).isEqualTo(SERVER);
        Reply refreshed = oauth.refresh(posting(gateway), tokens.refreshToken(), Form.empty());
        assertThat(token(refreshed).text("aud")).isEqualTo(SERVER);

        Authorization more =
                ask(gateway, Form.of("scope", "mcp:write"), browser).as("alice", "alice");
        Jwt steppedUp = token(oauth.code(posting(gateway), more, Form.empty()));
        assertThat(steppedUp.text("aud")).isEqualTo(SERVER);
        assertThat(steppedUp.scopes()).contains("mcp:write");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "openid", "openid offline_access", "profile", " offline_access"})
    void who_names_no_scope_of_a_server_means_the_default(String scope) {
        Reply client = registrations.register(publicClient("Means " + scope)).expect(201);

        Authorization login = ask(client, Form.of("scope", scope)).as("alice", "alice");

        assertThat(token(oauth.code(authOf(client), login, Form.empty())).text("aud"))
                .isEqualTo(SERVER);
    }

    @Test
    void pushed_requests_and_devices_mean_it_too() {
        Reply client = registrations
                .register(Registrations.with(
                        publicClient("Pushes"),
                        "grant_types",
                        List.of("authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code")))
                .expect(201);
        Authorization pushed = oauth.authorizePushed(
                        authOf(client), client.get("client_id"), Form.of("redirect_uri", CALLBACK), new Browser())
                .as("alice", "alice");
        assertThat(token(oauth.code(authOf(client), pushed, Form.empty())).text("aud"))
                .isEqualTo(SERVER);

        Reply device = oauth.post(oauth.endpoint("auth/device"), authOf(client), Form.of("scope", "openid"))
                .expect(200);
        Authorization page = oauth.open(URI.create(device.get("verification_uri_complete")), new Browser())
                .login("alice", "alice");
        assertThat(page.page().document().text()).contains("mcp.example.com");
        page.consent(true);
        Reply tokens = oauth.token(
                authOf(client),
                Form.of("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
                        .with("device_code", device.get("device_code")));
        assertThat(token(tokens).text("aud")).isEqualTo(SERVER);
    }

    @Test
    void who_names_another_server_or_its_scope_gets_it() {
        Reply client = registrations.register(publicClient("Names another")).expect(201);

        Authorization byScope = ask(client, Form.of("scope", "other:read")).as("alice", "alice");
        assertThat(token(oauth.code(authOf(client), byScope, Form.empty())).text("aud"))
                .isEqualTo(OTHER);
        Authorization byName = ask(client, Form.of("resource", OTHER)).as("alice", "alice");
        assertThat(token(oauth.code(authOf(client), byName, Form.empty())).text("aud"))
                .isEqualTo(OTHER);
        assertThat(ask(client, Form.of("scope", "mcp:read other:read"))
                        .callback()
                        .get("error"))
                .isEqualTo("invalid_target");
    }

    @Test
    void without_a_default_or_with_one_that_is_gone_the_request_is_refused() {
        Reply client = registrations.register(publicClient("Names nothing")).expect(201);
        String late = "https://late.example.com/mcp";
        String id = registrations.add(Registrations.server("late", late, "mcp:read"));
        configure("default-resource", late);
        assertThat(token(oauth.code(authOf(client), ask(client, Form.empty()).as("alice", "alice"), Form.empty()))
                        .text("aud"))
                .isEqualTo(late);

        registrations.admin().clients().get(id).remove();
        assertThat(ask(client, Form.empty()).callback().get("error")).isEqualTo("invalid_target");

        configure("default-resource");
        assertThat(ask(client, Form.empty()).callback().get("error")).isEqualTo("invalid_target");
    }

    @Test
    void the_doctor_advises_one_where_clients_were_refused_and_finds_one_that_is_lost() {
        Reply client = registrations.register(publicClient("Asks the doctor")).expect(201);
        String administrator = registrations.administrator("doctor", "view-realm");
        assertThat(findings(administrator)).doesNotContain("target-not-named", "default-resource-unknown");

        configure("default-resource");
        assertThat(ask(client, Form.empty()).callback().get("error")).isEqualTo("invalid_target");
        assertThat(findings(administrator)).contains("target-not-named").doesNotContain("default-resource-unknown");
        assertThat(oauth.get(registrations.adminUri("mcp/doctor"), administrator)
                        .json()
                        .findValuesAsText("problem"))
                .anyMatch(problem -> problem.contains("Asks the doctor (" + client.get("client_id") + ")"));

        String gone = "https://gone.example.com/mcp";
        String id = registrations.add(Registrations.server("gone", gone, "mcp:read"));
        configure("default-resource", gone);
        registrations.admin().clients().get(id).remove();
        assertThat(findings(administrator)).contains("target-not-named", "default-resource-unknown");
    }

    /** Ids of what the doctor finds. */
    private List<String> findings(String administrator) {
        return oauth.get(registrations.adminUri("mcp/doctor"), administrator)
                .expect(200)
                .json()
                .valueStream()
                .map(finding -> finding.get("id").asText())
                .toList();
    }

    @Test
    void it_is_for_registered_clients_only() {
        registrations.add(
                dev.keycloakmcp.itest.realm.Client.application("desk", CALLBACK).optional("mcp:read", "other:read"));
        assertThat(oauth.authorize(Form.of("client_id", "desk").with("redirect_uri", CALLBACK))
                        .callback()
                        .get("error"))
                .isEqualTo("invalid_target");
    }

    @ParameterizedTest
    @CsvSource({
        "not a uri, has to be",
        "https://unknown.example.com/mcp, no MCP server of this realm",
        "https://mcp.example.com/*, has to be",
        "*, has to be"
    })
    void what_is_no_server_is_refused_when_it_is_saved(String value, String message) {
        BadRequestException refused =
                catchThrowableOfType(BadRequestException.class, () -> configure("default-resource", value));
        assertThat(refused.getResponse().readEntity(String.class))
                .contains("default-resource")
                .contains(message);
    }

    @Test
    void a_server_that_the_policy_does_not_allow_is_refused_when_it_is_saved() {
        Map<String, List<String>> narrow = new HashMap<>(CONFIGURATION);
        narrow.put("allowed-resources", List.of(OTHER));
        BadRequestException refused = catchThrowableOfType(
                BadRequestException.class, () -> Registration.configure(registrations, "anonymous", narrow));
        assertThat(refused.getResponse().readEntity(String.class))
                .contains("default-resource")
                .contains("allowed-resources");
    }
}
