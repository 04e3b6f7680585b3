package dev.keycloakmcp.itest.registration;

import static dev.keycloakmcp.itest.registration.Registrations.CALLBACK;
import static dev.keycloakmcp.itest.registration.Registrations.OTHER;
import static dev.keycloakmcp.itest.registration.Registrations.SERVER;
import static dev.keycloakmcp.itest.registration.Registrations.authOf;
import static dev.keycloakmcp.itest.registration.Registrations.publicClient;
import static dev.keycloakmcp.itest.registration.Registrations.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.keycloak.representations.idm.ClientInitialAccessCreatePresentation;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.EventRepresentation;

/** Which clients may register, what they are afterwards, and what they can do. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegistrationIT {

    private Registrations registrations;

    @BeforeAll
    void configure(TestRealm realm) {
        registrations = Registrations.documented(realm);
    }

    @Test
    void a_client_that_asks_for_everything_in_the_metadata_is_served() {
        Reply registered =
                registrations.register(publicClient("Asks for everything")).expect(201);
        String all = String.join(
                " ",
                registrations
                        .oauth()
                        .metadata()
                        .get("scopes_supported")
                        .valueStream()
                        .map(JsonNode::asText)
                        .toList());

        Reply tokens = registrations.signIn(registered, CALLBACK, all);

        assertThat(tokens.get("scope").split(" "))
                .contains("mcp:read", "mcp:write")
                .doesNotContain("other:read");
    }

    @Test
    @Tries({"RFC9700-2.1", "RFC9700-4.1.1", "MCP-confused-deputy-redirect"})
    void a_loopback_redirect_matches_on_every_port_and_nothing_else() {
        Reply registered =
                registrations.register(publicClient("Ephemeral port")).expect(201);

        assertThat(registrations
                        .signIn(registered, "http://localhost:49152/callback", "mcp:read")
                        .status())
                .isEqualTo(200);
        for (String other : List.of(
                "http://localhost:8090/other",
                "http://127.0.0.1:8090/callback",
                "https://localhost:8090/callback",
                "http://localhost.evil.example:8090/callback",
                "http://localhost:8090/callback/../x")) {
            Authorization authorization = registrations
                    .oauth()
                    .authorize(Form.of("client_id", registered.get("client_id"))
                            .with("redirect_uri", other)
                            .with("scope", "mcp:read"));
            assertThat(authorization.page().status()).as(other).isEqualTo(400);
        }
    }

    @Test
    @Tries("RFC7591-5-privilege")
    void what_is_stored_is_what_was_admitted() {
        Reply registered = registrations
                .register(with(publicClient("Stored"), "redirect_uris", List.of(CALLBACK, "https://claude.ai/cb")))
                .expect(201);
        ClientRepresentation client = registrations.client(registered.get("client_id"));

        assertThat(client.isStandardFlowEnabled()).isTrue();
        assertThat(client.isImplicitFlowEnabled()).isFalse();
        assertThat(client.isDirectAccessGrantsEnabled()).isFalse();
        assertThat(client.isServiceAccountsEnabled()).isFalse();
        assertThat(client.isFullScopeAllowed()).isFalse();
        assertThat(client.isConsentRequired()).isTrue();
        assertThat(client.isPublicClient()).isTrue();
        assertThat(client.getRedirectUris())
                .containsExactlyInAnyOrder("http://localhost/callback", "https://claude.ai/cb");
        assertThat(client.getWebOrigins()).containsExactlyInAnyOrder("http://localhost:8090", "https://claude.ai");
        assertThat(client.getAttributes())
                .containsEntry("pkce.code.challenge.method", "S256")
                .containsEntry("mcp.registration", "dcr-anonymous")
                .containsKey("mcp.registered-at");
        assertThat(client.getDefaultClientScopes()).contains("basic", "profile");
        assertThat(client.getOptionalClientScopes())
                .containsExactlyInAnyOrder("mcp:read", "mcp:write", "other:read", "offline_access");
    }

    @Test
    @Tries({"RFC7591-5-privilege", "RFC9700-2.4", "RFC9700-2.1.2", "RFC9700-2.1.1", "ASI04"})
    void a_registered_client_can_do_nothing_else() {
        Reply registered = registrations
                .register(with(publicClient("Curious"), "token_endpoint_auth_method", "client_secret_post"))
                .expect(201);
        ClientAuth auth = authOf(registered);
        String id = registered.get("client_id");
        Reply tokens = registrations.signIn(registered, CALLBACK, "mcp:read");

        CodeFlowOnly.assertHolds(
                registrations.oauth(),
                auth,
                tokens.accessToken(),
                Form.of("client_id", id).with("redirect_uri", CALLBACK).with("scope", "mcp:read"));
        Reply backchannel = registrations
                .oauth()
                .post(
                        registrations.oauth().endpoint("ext/ciba/auth"),
                        auth,
                        Form.of("login_hint", "alice").with("scope", "openid"));
        assertThat(backchannel.status()).isEqualTo(401);
        assertThat(backchannel.error()).isEqualTo("invalid_grant");
        assertThat(registrations
                        .oauth()
                        .send(HttpRequest.newBuilder(URI.create(registrations.issuer() + "/account"))
                                .header("Accept", "application/json")
                                .header("Authorization", "Bearer " + tokens.accessToken())
                                .GET())
                        .status())
                .isEqualTo(401);
        assertThat(registrations
                        .oauth()
                        .get(registrations.adminUri("users"), tokens.accessToken())
                        .status())
                .isEqualTo(401);
    }

    @Test
    @Tries({"RFC7591-5-privilege", "RFC9700-2.1.2"})
    void unknown_members_are_ignored_and_what_cannot_be_granted_is_dropped() {
        Map<String, Object> metadata = with(publicClient("Wants too much"), "scope", List.of("mcp:read", "admin"));
        metadata.put("grant_types", List.of("authorization_code", "client_credentials", "password"));
        metadata.put("response_types", List.of("code", "token"));
        metadata.put("resource", SERVER);
        metadata.put("client_name#fr", 7);
        metadata.put("default_max_age", "x");

        Reply registered = registrations.register(metadata).expect(201);

        assertThat(registered.get("scope")).isEqualTo("mcp:read");
        assertThat(registered.json().get("grant_types").toString()).isEqualTo("[\"authorization_code\"]");
        assertThat(registered.json().get("response_types").toString()).isEqualTo("[\"code\"]");
        assertThat(registered.json().has("resource")).isFalse();
    }

    @Test
    void browsers_register_and_get_tokens_from_their_own_origin() {
        Reply preflight = registrations
                .oauth()
                .preflight(registrations.endpoint(), "http://localhost:6274", "POST", "content-type, authorization");
        assertThat(preflight.status()).isEqualTo(200);
        assertThat(preflight
                        .headers()
                        .firstValue("Access-Control-Allow-Methods")
                        .orElse(""))
                .contains("POST");
        assertThat(preflight
                        .headers()
                        .firstValue("Access-Control-Allow-Headers")
                        .orElse(""))
                .contains("Content-Type", "Authorization");
        String callback = "http://localhost:6274/oauth/callback";
        Reply registered = registrations
                .register(
                        with(publicClient("In a browser"), "redirect_uris", List.of(callback)), "http://localhost:6274")
                .expect(201);
        assertThat(registered.headers().firstValue("Access-Control-Allow-Origin"))
                .contains("http://localhost:6274");
        Authorization authorization =
                registrations.authorize(registered.get("client_id"), callback, "mcp:read", SERVER, new Browser());
        Reply tokens = registrations
                .oauth()
                .code(authOf(registered).from("http://localhost:6274"), authorization, Form.empty())
                .expect(200);
        assertThat(tokens.headers().firstValue("Access-Control-Allow-Origin")).contains("http://localhost:6274");
    }

    @Test
    void browsers_share_a_client_on_any_port_of_this_computer() {
        Map<String, Object> metadata = publicClient("In browsers");
        String first = registrations
                .register(with(metadata, "redirect_uris", List.of("http://localhost:6274/oauth/callback")))
                .expect(201)
                .get("client_id");
        String second = registrations
                .register(with(metadata, "redirect_uris", List.of("http://localhost:7000/oauth/callback")))
                .expect(201)
                .get("client_id");

        assertThat(second).isEqualTo(first);
        assertThat(allowedOrigin(first, "http://localhost:7000")).contains("http://localhost:7000");
        assertThat(allowedOrigin(first, "http://127.0.0.1:7000")).isEmpty();
        assertThat(allowedOrigin(first, "http://localhost.evil.example")).isEmpty();
        assertThat(registrations.client(first).getWebOrigins()).containsExactly("http://localhost:6274");
    }

    /** What the token endpoint says to a page of that origin that has no valid token. */
    private Optional<String> allowedOrigin(String clientId, String origin) {
        return registrations
                .oauth()
                .refresh(ClientAuth.none(clientId).from(origin), "none", Form.empty())
                .headers()
                .firstValue("Access-Control-Allow-Origin");
    }

    @Test
    void browsers_manage_their_client_and_read_refusals() {
        URI nobody = URI.create(registrations.endpoint() + "/nobody");
        Reply preflight = registrations.oauth().preflight(nobody, "http://localhost:6274", "PUT", "authorization");
        assertThat(preflight.status()).isEqualTo(200);
        assertThat(preflight
                        .headers()
                        .firstValue("Access-Control-Allow-Methods")
                        .orElse(""))
                .contains("PUT", "DELETE");
        for (String bearer : List.of("a.b.c", "")) {
            Reply refused = registrations
                    .oauth()
                    .send(HttpRequest.newBuilder(nobody)
                            .header("Origin", "http://localhost:6274")
                            .header("Authorization", "Bearer " + bearer)
                            .GET());
            assertThat(refused.status()).as(bearer).isEqualTo(401);
            assertThat(refused.headers().firstValue("Access-Control-Allow-Origin"))
                    .as(bearer)
                    .contains("http://localhost:6274");
        }
    }

    @Test
    void a_client_is_read_changed_and_deleted_with_its_token() {
        Reply registered = registrations
                .register(with(publicClient("Managed"), "token_endpoint_auth_method", "client_secret_basic"))
                .expect(201);
        URI uri = URI.create(registered.get("registration_client_uri"));
        String token = registered.get("registration_access_token");
        Map<String, Object> metadata = publicClient("Changed");
        metadata.put("client_id", registered.get("client_id"));

        Reply read = registrations.oauth().get(uri, token).expect(200);
        assertThat(read.get("client_secret")).isEqualTo(registered.get("client_secret"));
        assertThat(read.json().get("redirect_uris")).isEqualTo(registered.json().get("redirect_uris"));
        for (Map.Entry<String, Object> wider : Map.<String, Object>of(
                        "redirect_uris", List.of("https://evil.example/cb"),
                        "grant_types", List.of("client_credentials"),
                        "client_name", "${x}",
                        "client_id", "account",
                        "client_secret", "guessed")
                .entrySet()) {
            Reply refused =
                    registrations.oauth().sendJson("PUT", uri, with(metadata, wider.getKey(), wider.getValue()), token);
            assertThat(refused.status()).as(wider.getKey()).isEqualTo(400);
        }
        assertThat(registrations.oauth().get(uri, token).expect(200).get("client_name"))
                .isEqualTo("Managed");

        Reply changed =
                registrations.oauth().sendJson("PUT", uri, metadata, token).expect(200);
        assertThat(changed.get("client_name")).isEqualTo("Changed");
        assertThat(changed.get("token_endpoint_auth_method")).isEqualTo("none");
        assertThat(changed.find("client_secret")).isEmpty();
        assertThat(registrations.oauth().get(uri, token).status()).isEqualTo(401);
        String rotated = changed.get("registration_access_token");
        Reply tokens = registrations.signIn(changed, CALLBACK, "mcp:read");

        assertThat(registrations.oauth().delete(uri, rotated).status()).isEqualTo(204);
        assertThat(registrations.oauth().get(uri, rotated).status()).isEqualTo(401);
        Reply refreshed = registrations.oauth().refresh(authOf(changed), tokens.refreshToken(), Form.empty());
        assertThat(refreshed.status()).isEqualTo(401);
        assertThat(refreshed.error()).isEqualTo("invalid_client");
        assertThat(registrations.oauth().userInfo(tokens.accessToken()).status())
                .isEqualTo(401);
    }

    @Test
    @Tries("RFC7592-5-token")
    void the_token_is_needed_and_is_good_for_its_client_alone() {
        Reply one = registrations
                .register(with(publicClient("One"), "token_endpoint_auth_method", "client_secret_post"))
                .expect(201);
        Reply other = registrations
                .register(with(publicClient("Other"), "token_endpoint_auth_method", "client_secret_post"))
                .expect(201);
        URI uri = URI.create(one.get("registration_client_uri"));

        assertThat(registrations.oauth().get(uri).status()).isEqualTo(401);
        assertThat(registrations
                        .oauth()
                        .get(uri, other.get("registration_access_token"))
                        .status())
                .isEqualTo(401);
        assertThat(registrations.oauth().get(uri, "a.b.c").status()).isEqualTo(401);
        assertThat(registrations
                        .oauth()
                        .get(URI.create(registrations.endpoint() + "/account"), one.get("registration_access_token"))
                        .status())
                .isEqualTo(401);
        assertThat(registrations
                        .oauth()
                        .postJson(registrations.endpoint(), publicClient("More"), one.get("registration_access_token"))
                        .status())
                .isEqualTo(403);
    }

    @Test
    @Tries("RFC7591-5-stock")
    void the_stock_endpoint_does_not_touch_registered_clients_and_stays_closed() {
        Reply registered = registrations
                .register(with(publicClient("Not yours"), "token_endpoint_auth_method", "client_secret_post"))
                .expect(201);
        String token = registered.get("registration_access_token");
        for (String provider : List.of("openid-connect", "default")) {
            URI stock = URI.create(
                    registrations.issuer() + "/clients-registrations/" + provider + "/" + registered.get("client_id"));
            assertThat(registrations.oauth().get(stock, token).status()).isEqualTo(403);
            assertThat(registrations
                            .oauth()
                            .sendJson(
                                    "PUT",
                                    stock,
                                    provider.equals("default")
                                            ? Map.of(
                                                    "clientId",
                                                    registered.get("client_id"),
                                                    "redirectUris",
                                                    List.of("*"))
                                            : Map.of(
                                                    "client_id", registered.get("client_id"),
                                                    "redirect_uris", List.of("https://evil.example")),
                                    token)
                            .status())
                    .isEqualTo(403);
            assertThat(registrations.oauth().delete(stock, token).status()).isEqualTo(403);
        }
        assertThat(registrations
                        .oauth()
                        .register("openid-connect", publicClient("Stock"))
                        .status())
                .isEqualTo(403);
    }

    @Test
    @Tries("RFC7591-5-initial-token")
    void an_initial_access_token_registers_as_often_as_it_says() {
        String token = registrations
                .admin()
                .clientInitialAccess()
                .create(new ClientInitialAccessCreatePresentation(60, 1))
                .getToken();

        Reply registered = registrations
                .oauth()
                .postJson(registrations.endpoint(), publicClient("Invited"), token)
                .expect(201);
        Reply again = registrations.oauth().postJson(registrations.endpoint(), publicClient("Twice"), token);

        assertThat(registrations.client(registered.get("client_id")).getAttributes())
                .containsEntry("mcp.registration", "dcr-authenticated");
        assertThat(again.status()).isEqualTo(401);
        assertThat(again.error()).isEqualTo("invalid_token");
    }

    @Test
    @Tries({"RFC7591-5-initial-token", "RFC7592-5-token"})
    void administrators_manage_clients_by_their_roles_and_invitations_manage_none() {
        String manager = registrations.administrator("client-manager", "manage-clients");
        String viewer = registrations.administrator("client-viewer", "view-clients");
        String creator = registrations.administrator("client-creator", "create-client");
        Reply registered = registrations
                .oauth()
                .postJson(registrations.endpoint(), publicClient("Made by an administrator"), creator)
                .expect(201);
        URI uri = URI.create(registered.get("registration_client_uri"));
        Map<String, Object> metadata = with(publicClient("Renamed"), "client_id", registered.get("client_id"));
        String invitation = registrations
                .admin()
                .clientInitialAccess()
                .create(new ClientInitialAccessCreatePresentation(60, 5))
                .getToken();

        assertThat(registrations
                        .oauth()
                        .postJson(registrations.endpoint(), publicClient("Not by a viewer"), viewer)
                        .status())
                .isEqualTo(403);
        assertThat(registrations.oauth().get(uri, viewer).expect(200).find("registration_access_token"))
                .isEmpty();
        assertThat(registrations.oauth().get(uri, invitation).status()).isEqualTo(401);
        for (String other : List.of(viewer, creator)) {
            assertThat(registrations
                            .oauth()
                            .sendJson("PUT", uri, metadata, other)
                            .status())
                    .isEqualTo(403);
        }
        Map<String, Object> wider = with(metadata, "redirect_uris", List.of("https://evil.example/cb"));
        assertThat(registrations.oauth().sendJson("PUT", uri, wider, manager).error())
                .isEqualTo("invalid_redirect_uri");
        assertThat(registrations
                        .oauth()
                        .sendJson("PUT", uri, metadata, manager)
                        .expect(200)
                        .get("client_name"))
                .isEqualTo("Renamed");
        assertThat(registrations
                        .oauth()
                        .get(URI.create(registrations.endpoint() + "/account"), manager)
                        .status())
                .isEqualTo(401);
        assertThat(registrations.oauth().delete(uri, manager).status()).isEqualTo(204);
    }

    @Test
    void events_say_what_was_decided_and_why() {
        registrations.register(with(publicClient("Refused"), "redirect_uris", List.of("https://evil.example/events")));
        registrations.register(publicClient("Admitted, with an event")).expect(201);

        List<EventRepresentation> events = registrations.admin().getEvents();
        assertThat(events).anySatisfy(event -> {
            assertThat(event.getType()).isEqualTo("CLIENT_REGISTER_ERROR");
            assertThat(event.getError()).isEqualTo("invalid_redirect_uri");
            assertThat(event.getDetails())
                    .containsEntry("mcp_decision", "deny")
                    .containsEntry("mcp_reason", "redirect_host_not_allowed");
        });
        assertThat(events).anySatisfy(event -> {
            assertThat(event.getType()).isEqualTo("CLIENT_REGISTER");
            assertThat(event.getDetails())
                    .containsEntry("mcp_decision", "allow")
                    .containsEntry("mcp_reason", "ok");
        });
    }

    @Test
    void servers_and_scopes_of_later_are_there_for_clients_of_before() {
        Reply registered = registrations.register(publicClient("Early bird")).expect(201);
        String id = registered.get("client_id");
        String late = "https://late.example.com/mcp";
        Form request = Form.of("client_id", id)
                .with("redirect_uri", CALLBACK)
                .with("scope", "late:read")
                .with("resource", late);
        assertThat(registrations.oauth().authorize(request).callback().get("error"))
                .isEqualTo("invalid_target");

        registrations.add(Scope.named("late:read"));
        String server = registrations.add(Registrations.server("late", late, "late:read"));
        Authorization authorization = registrations.oauth().authorize(request).as("alice", "alice");
        Reply tokens = registrations
                .oauth()
                .code(authOf(registered), authorization, Form.empty())
                .expect(200);
        assertThat(registrations.oauth().verify(tokens.accessToken()).text("aud"))
                .isEqualTo(late);

        registrations.admin().clients().get(server).remove();
        assertThat(registrations.oauth().authorize(request).callback().get("error"))
                .isEqualTo("invalid_target");
        assertThat(OTHER).isNotEqualTo(late);
    }
}
