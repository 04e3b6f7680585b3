package dev.keycloakmcp.itest.registration;

import static dev.keycloakmcp.itest.registration.Registrations.CALLBACK;
import static dev.keycloakmcp.itest.registration.Registrations.SERVER;
import static dev.keycloakmcp.itest.registration.Registrations.authOf;
import static dev.keycloakmcp.itest.registration.Registrations.publicClient;
import static dev.keycloakmcp.itest.registration.Registrations.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
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
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that register for the device grant (RFC 8628), as mcp-remote, VS Code and Copilot CLI do. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegisteredDeviceIT {

    private static final String DEVICE = "urn:ietf:params:oauth:grant-type:device_code";
    private static final List<String> ALL = List.of("authorization_code", "refresh_token", DEVICE);

    private Registrations registrations;
    private OAuthClient oauth;

    @BeforeAll
    void configure(TestRealm realm) {
        registrations = Registrations.in(realm, Map.of("allowed-grant-types", ALL));
        registrations.settings(settings -> settings.setLoginTheme("mcp"));
        oauth = registrations.oauth();
    }

    private Reply register(String name) {
        return registrations
                .register(with(publicClient(name), "grant_types", ALL))
                .expect(201);
    }

    private Reply begin(Reply client, Form asked) {
        return oauth.post(oauth.endpoint("auth/device"), authOf(client), asked);
    }

    private Authorization page(Reply device) {
        return oauth.open(URI.create(device.get("verification_uri_complete")), new Browser())
                .login("alice", "alice");
    }

    private Reply poll(ClientAuth client, Reply device) {
        return oauth.token(client, Form.of("grant_type", DEVICE).with("device_code", device.get("device_code")));
    }

    private Reply signIn(Reply client, String scope) {
        Reply device =
                begin(client, Form.of("scope", scope).with("resource", SERVER)).expect(200);
        page(device).consent(true);
        return poll(authOf(client), device).expect(200);
    }

    @Test
    void a_person_lets_the_client_in_on_another_device() {
        Reply client = register("On a device");
        assertThat(client.json().get("grant_types").toString()).contains(DEVICE);

        Reply device = begin(client, Form.of("scope", "mcp:read").with("resource", SERVER))
                .expect(200);
        Reply early = poll(authOf(client), device);
        assertThat(early.error()).isEqualTo("authorization_pending");
        Authorization page = page(device);
        assertThat(page.asksForConsent()).isTrue();
        assertThat(page.page().document().text()).contains("On a device", "mcp.example.com");
    }

    @Test
    void its_tokens_are_for_the_server_and_its_refresh_tokens_rotate() {
        Reply client = register("Rotates");

        Reply tokens = signIn(client, "mcp:read other:read");
        Jwt token = oauth.verify(tokens.accessToken());
        assertThat(token.text("aud")).isEqualTo(SERVER);
        assertThat(token.scopes()).contains("mcp:read").doesNotContain("other:read");

        Reply first = oauth.refresh(authOf(client), tokens.refreshToken(), Form.empty())
                .expect(200);
        assertThat(oauth.verify(first.accessToken()).text("aud")).isEqualTo(SERVER);
        assertThat(first.refreshToken()).isNotEqualTo(tokens.refreshToken());
        assertThat(oauth.refresh(authOf(client), first.refreshToken(), Form.of("resource", Registrations.OTHER))
                        .error())
                .isEqualTo("invalid_target");
    }

    @ParameterizedTest
    @CsvSource({"claudeai mcp:read, mcp:read", "read write, ''", "' claudeai  mcp:read ', mcp:read", "other:read, ''"})
    void scopes_that_it_cannot_have_are_dropped_where_the_server_is_named(String asked, String granted) {
        Jwt token = oauth.verify(
                signIn(register("Asks for " + asked.strip()), asked).accessToken());

        assertThat(token.text("aud")).isEqualTo(SERVER);
        assertThat(String.join(" ", token.scopes())).isEqualTo(granted);
    }

    @Test
    void it_counts_as_used() {
        Reply client = register("Is used");
        signIn(client, "mcp:read");

        registrations.admin().clearRealmCache();
        assertThat(registrations.client(client.get("client_id")).getAttributes())
                .containsKey("mcp.first-used");
    }

    @Test
    void no_means_no() {
        Reply client = register("Is denied");
        Reply device = begin(client, Form.of("scope", "mcp:read").with("resource", SERVER))
                .expect(200);
        page(device).consent(false);
        assertThat(poll(authOf(client), device).error()).isEqualTo("access_denied");
    }

    @Test
    @Tries({"RFC9700-2.1.1", "RFC7591-5-privilege"})
    void what_is_not_asked_of_devices_is_asked_of_browsers_still() {
        Reply client = register("Without PKCE");
        for (Form more : List.of(Form.empty(), Form.of("grant_type", DEVICE))) {
            Form request = Form.of("client_id", client.get("client_id"))
                    .with("redirect_uri", CALLBACK)
                    .with("scope", "mcp:read")
                    .with("resource", SERVER)
                    .with("code_challenge_method", "")
                    .and(more);
            assertThat(oauth.authorize(request).callback().get("error")).isEqualTo("invalid_request");
            assertThat(oauth.push(authOf(client), request.without("client_id")).error())
                    .isEqualTo("invalid_request");
        }
    }

    @Test
    @Tries("RFC7591-5-privilege")
    void a_device_code_is_good_for_its_client_alone_and_where_the_client_registered_for_it() {
        Reply client = register("Owner");
        Reply other = register("Thief");
        Reply plain = registrations.register(publicClient("No device")).expect(201);

        Reply device = begin(client, Form.of("scope", "mcp:read").with("resource", SERVER))
                .expect(200);
        page(device).consent(true);
        assertThat(poll(authOf(other), device).find("access_token")).isEmpty();
        assertThat(poll(authOf(plain), device).find("access_token")).isEmpty();
        assertThat(begin(plain, Form.of("scope", "mcp:read").with("resource", SERVER))
                        .status())
                .isEqualTo(400);
        assertThat(begin(client, Form.of("scope", "mcp:read").with("resource", "https://unknown.example"))
                        .error())
                .isEqualTo("invalid_target");
    }

    @Test
    void without_the_grant_in_the_policy_it_is_dropped() {
        Reply invited = Registration.invited(registrations, with(publicClient("Invited"), "grant_types", ALL));
        assertThat(invited.expect(201).json().get("grant_types").toString()).contains(DEVICE);
        Registration.configure(
                registrations,
                "anonymous",
                Map.of("allowed-grant-types", List.of("authorization_code", "refresh_token")));
        try {
            Reply client = register("Is not given it");
            assertThat(client.json().get("grant_types").toString())
                    .isEqualTo("[\"authorization_code\",\"refresh_token\"]");
            assertThat(begin(client, Form.of("scope", "mcp:read").with("resource", SERVER))
                            .status())
                    .isEqualTo(400);
        } finally {
            Registration.configure(registrations, "anonymous", Map.of("allowed-grant-types", ALL));
        }
    }
}
