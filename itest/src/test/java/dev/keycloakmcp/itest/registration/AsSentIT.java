package dev.keycloakmcp.itest.registration;

import static dev.keycloakmcp.itest.registration.Registrations.CALLBACK;
import static dev.keycloakmcp.itest.registration.Registrations.SERVER;
import static dev.keycloakmcp.itest.registration.Registrations.publicClient;
import static dev.keycloakmcp.itest.registration.Registrations.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.jwk.ECKey;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Keys;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Registration;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients register with what they happen to send, and are served as the answer says. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AsSentIT {

    private static final String EXTENSION = "https://abcdefghijklmnopabcdefghijklmnop.chromiumapp.org/cb";
    private static final String EXTENSION_ORIGIN = "chrome-extension://abcdefghijklmnopabcdefghijklmnop";

    private Registrations registrations;
    private OAuthClient oauth;

    @BeforeAll
    void configure(TestRealm realm) {
        registrations = Registrations.in(
                realm,
                Map.of(
                        "https-redirect-hosts",
                        List.of("mesh.example.com", "*.chromiumapp.org"),
                        "max-registrations-per-source",
                        List.of("0")));
        oauth = registrations.oauth();
    }

    /** The registration of Agent Mesh's gateway, which names no method. */
    private static Map<String, Object> gateway() {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("client_name", "Agent Mesh");
        metadata.put("redirect_uris", List.of("https://mesh.example.com/api/v1/auth/tool/callback"));
        metadata.put("grant_types", List.of("authorization_code", "refresh_token"));
        metadata.put("response_types", List.of("code"));
        return metadata;
    }

    @Test
    void a_client_that_named_no_method_uses_its_secret_either_way() {
        Reply registered = registrations.register(gateway()).expect(201);

        assertThat(registered.get("token_endpoint_auth_method")).isEqualTo("client_secret_basic");
        assertServed(registered, basic(registered), post(registered));
        assertServed(registered, post(registered), basic(registered));
    }

    @Test
    void it_does_so_after_an_update_that_sends_back_what_was_answered_or_nothing() {
        Reply registered = registrations.register(gateway()).expect(201);
        Map<String, Object> answered = echoed(registered);

        Reply same = update(registered, answered).expect(200);
        assertThat(same.get("token_endpoint_auth_method")).isEqualTo("client_secret_basic");
        assertServed(same, post(registered), basic(registered));

        answered.remove("token_endpoint_auth_method");
        Reply nothing = update(same, answered).expect(200);
        assertServed(nothing, post(registered), basic(registered));

        answered.put("token_endpoint_auth_method", "client_secret_post");
        Reply named = update(nothing, answered).expect(200);
        assertThat(named.get("token_endpoint_auth_method")).isEqualTo("client_secret_post");
        assertRefused(basic(registered));

        answered.put("token_endpoint_auth_method", "client_secret_basic");
        update(named, answered).expect(200);
        assertRefused(post(registered));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"client_secret_basic", "client_secret_post"})
    @Tries("RFC9700-2.5")
    void a_client_that_named_its_method_is_held_to_it(String method) {
        Reply registered = registrations
                .register(with(gateway(), "token_endpoint_auth_method", method))
                .expect(201);
        boolean basic = method.equals("client_secret_basic");

        assertThat(registered.get("token_endpoint_auth_method")).isEqualTo(method);
        assertServed(
                registered, basic ? basic(registered) : post(registered), basic ? basic(registered) : post(registered));
        assertRefused(basic ? post(registered) : basic(registered));
    }

    private static ClientAuth basic(Reply registered) {
        return ClientAuth.basic(registered.get("client_id"), registered.get("client_secret"));
    }

    private static ClientAuth post(Reply registered) {
        return ClientAuth.post(registered.get("client_id"), registered.get("client_secret"));
    }

    private void assertServed(Reply registered, ClientAuth first, ClientAuth second) {
        Authorization login = oauth.authorizePushed(
                        first,
                        registered.get("client_id"),
                        Form.of(
                                        "redirect_uri",
                                        registered
                                                .json()
                                                .get("redirect_uris")
                                                .get(0)
                                                .asText())
                                .with("scope", "mcp:read")
                                .with("resource", SERVER),
                        new Browser())
                .as("alice", "alice");
        Reply tokens = oauth.code(first, login, Form.empty()).expect(200);
        Reply refreshed =
                oauth.refresh(second, tokens.refreshToken(), Form.empty()).expect(200);
        oauth.introspect(second, refreshed.accessToken()).expect(200);
        oauth.revoke(second, refreshed.refreshToken()).expect(200);
    }

    private void assertRefused(ClientAuth auth) {
        for (Reply refused : List.of(
                oauth.refresh(auth, "none", Form.empty()),
                oauth.introspect(auth, "none"),
                oauth.revoke(auth, "none"),
                oauth.push(auth, Form.of("scope", "mcp:read")))) {
            assertThat(refused.status()).as(refused.toString()).isEqualTo(401);
        }
    }

    private static Map<String, Object> echoed(Reply answer) {
        Map<String, Object> members = new LinkedHashMap<>();
        answer.json().properties().forEach(member -> members.put(member.getKey(), member.getValue()));
        List.of(
                        "registration_client_uri",
                        "registration_access_token",
                        "client_id_issued_at",
                        "client_secret_expires_at")
                .forEach(members::remove);
        return members;
    }

    private Reply update(Reply last, Map<String, Object> metadata) {
        return oauth.sendJson(
                "PUT",
                URI.create(last.get("registration_client_uri")),
                metadata,
                last.get("registration_access_token"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "client_uri|http://localhost:5173",
                "client_uri|javascript:alert(1)",
                "client_uri|not a url",
                "logo_uri|data:image/png;base64,iVBORw0KGgo=",
                "logo_uri|https://user@logo.example/logo.png",
                "tos_uri|http://terms.example/terms",
                "tos_uri|file:///etc/passwd",
                "policy_uri|vbscript:x",
                "policy_uri|//policy.example"
            })
    @Tries("RFC7591-5-links")
    void what_cannot_be_shown_of_a_client_is_dropped(String member, String value) {
        Reply registered = registrations
                .register(with(confidential("Shows " + member), member, value))
                .expect(201);

        assertDropped(registered, member, value);
        Reply updated =
                update(registered, with(echoed(registered), member, value)).expect(200);
        assertDropped(updated, member, value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"client_uri", "logo_uri", "tos_uri", "policy_uri"})
    void what_is_no_text_or_too_long_to_show_is_dropped(String member) {
        for (Object value : List.of(
                7,
                Map.of("a", "b"),
                List.of("https://a.example"),
                "https://a.example/" + "a".repeat(20_000),
                "\u202e")) {
            Reply registered = registrations
                    .register(with(confidential("Odd " + member), member, value))
                    .expect(201);
            assertThat(registered.json().has(member)).isFalse();
        }
    }

    @Test
    @Tries("RFC7591-5-links")
    void a_link_that_was_stored_otherwise_is_not_shown() {
        String clientId =
                registrations.register(publicClient("Was stored")).expect(201).get("client_id");
        registrations.change(clientId, client -> client.getAttributes()
                .putAll(Map.of(
                        "tosUri", "javascript:alert(1)",
                        "policyUri", "https://policy.example/",
                        "logoUri", "http://logo.example/logo.png")));

        Authorization page = oauth.authorize(Form.of("client_id", clientId)
                        .with("redirect_uri", CALLBACK)
                        .with("scope", "mcp:read")
                        .with("resource", SERVER))
                .login("alice", "alice");

        assertThat(page.asksForConsent()).isTrue();
        assertThat(page.page().document().html())
                .contains("https://policy.example/")
                .doesNotContain("javascript:alert", "logo.example");
    }

    private static Map<String, Object> confidential(String name) {
        return with(publicClient(name), "token_endpoint_auth_method", "client_secret_post");
    }

    private void assertDropped(Reply answer, String member, String value) {
        assertThat(answer.json().has(member)).isFalse();
        assertThat(Reply.write(registrations.client(answer.get("client_id")))).doesNotContain(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"claudeai", "read write", "  mcp:read   claudeai  ", " ", "realm-management"})
    void scopes_that_nobody_knows_do_not_refuse_a_registration(String scope) {
        Reply registered = registrations
                .register(with(publicClient("Knows " + scope), "scope", scope))
                .expect(201);

        assertThat(registered.get("scope").split(" ")).contains("mcp:read").doesNotContain("", "claudeai", "read");
        assertThat(oauth.verify(registrations
                                .signIn(registered, CALLBACK, "mcp:read")
                                .accessToken())
                        .text("aud"))
                .isEqualTo(SERVER);
    }

    @Test
    void tokens_are_bound_to_a_key_where_the_client_registered_for_it() {
        Map<String, Object> metadata = with(publicClient("Proves"), "dpop_bound_access_tokens", true);
        Reply registered = registrations.register(metadata).expect(201);
        ClientAuth auth = ClientAuth.none(registered.get("client_id"));
        ECKey key = Keys.ec();

        assertThat(registered.json().get("dpop_bound_access_tokens").asBoolean())
                .isTrue();
        assertThat(registrations
                        .register(with(metadata, "dpop_bound_access_tokens", "true"))
                        .expect(201)
                        .get("client_id"))
                .isEqualTo(registered.get("client_id"));
        Reply unbound = registrations.register(publicClient("Proves")).expect(201);
        assertThat(unbound.get("client_id")).isNotEqualTo(registered.get("client_id"));
        assertThat(unbound.json().has("dpop_bound_access_tokens")).isFalse();

        Reply refused = oauth.code(auth, login(registered), Form.empty());
        assertThat(refused.status()).isEqualTo(400);
        Reply tokens =
                oauth.code(auth.proving(key), login(registered), Form.empty()).expect(200);
        JsonNode confirmation = oauth.verify(tokens.accessToken()).claims().path("cnf");
        assertThat(confirmation.path("jkt").asText()).isNotEmpty();
        assertThat(oauth.refresh(auth, tokens.refreshToken(), Form.empty()).status())
                .isEqualTo(400);
        Reply refreshed = oauth.refresh(auth.proving(key), tokens.refreshToken(), Form.empty())
                .expect(200);
        assertThat(oauth.verify(refreshed.accessToken()).claims().path("cnf")).isEqualTo(confirmation);
    }

    @Test
    void an_update_turns_the_binding_to_a_key_on_and_off() {
        Reply registered = registrations
                .register(with(confidential("Changes its mind"), "dpop_bound_access_tokens", true))
                .expect(201);

        Reply off = update(registered, with(echoed(registered), "dpop_bound_access_tokens", false))
                .expect(200);
        assertThat(off.json().has("dpop_bound_access_tokens")).isFalse();
        oauth.code(post(registered), login(registered), Form.empty()).expect(200);

        Reply on =
                update(off, with(echoed(off), "dpop_bound_access_tokens", true)).expect(200);
        assertThat(on.json().get("dpop_bound_access_tokens").asBoolean()).isTrue();
        assertThat(oauth.code(post(registered), login(registered), Form.empty()).status())
                .isEqualTo(400);
    }

    private Authorization login(Reply registered) {
        return registrations.authorize(registered.get("client_id"), CALLBACK, "mcp:read", SERVER, new Browser());
    }

    @Test
    @Tries("RFC9700-2.6")
    void a_browser_extension_is_the_origin_of_its_redirect() {
        Reply registered = registrations
                .register(Registration.publicClient("Extension", EXTENSION), EXTENSION_ORIGIN)
                .expect(201);
        assertThat(allowed(registered)).contains(EXTENSION_ORIGIN);
        ClientAuth auth = ClientAuth.none(registered.get("client_id"));
        Authorization login =
                registrations.authorize(registered.get("client_id"), EXTENSION, "mcp:read", SERVER, new Browser());

        Reply tokens =
                oauth.code(auth.from(EXTENSION_ORIGIN), login, Form.empty()).expect(200);

        assertThat(allowed(tokens)).contains(EXTENSION_ORIGIN);
        assertThat(allowed(oauth.refresh(auth.from(EXTENSION_ORIGIN), "none", Form.empty())))
                .contains(EXTENSION_ORIGIN);
        for (String other : List.of(
                "chrome-extension://ponmlkjihgfedcbaponmlkjihgfedcba",
                "moz-extension://abcdefghijklmnopabcdefghijklmnop",
                "chrome-extension://chromiumapp.org")) {
            assertThat(allowed(oauth.refresh(auth.from(other), "none", Form.empty())))
                    .as(other)
                    .isEmpty();
        }
    }

    @Test
    void pages_may_name_the_version_of_the_protocol() {
        for (URI uri : List.of(registrations.endpoint(), URI.create(registrations.endpoint() + "/any"))) {
            Reply preflight = oauth.preflight(uri, EXTENSION_ORIGIN, "POST", "mcp-protocol-version, content-type");
            assertThat(preflight.status()).isEqualTo(200);
            assertThat(String.join(", ", preflight.headers().allValues("Access-Control-Allow-Headers")))
                    .containsIgnoringCase("MCP-Protocol-Version")
                    .containsIgnoringCase("Content-Type");
        }
    }

    private static Optional<String> allowed(Reply reply) {
        return reply.headers().firstValue("Access-Control-Allow-Origin");
    }
}
