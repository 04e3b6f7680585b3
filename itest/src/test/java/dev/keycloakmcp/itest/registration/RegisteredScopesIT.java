package dev.keycloakmcp.itest.registration;

import static dev.keycloakmcp.itest.registration.Registrations.CALLBACK;
import static dev.keycloakmcp.itest.registration.Registrations.OTHER;
import static dev.keycloakmcp.itest.registration.Registrations.SERVER;
import static dev.keycloakmcp.itest.registration.Registrations.authOf;
import static dev.keycloakmcp.itest.registration.Registrations.publicClient;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Registration;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What registered clients get of the scopes they ask for, where some may have more than others. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegisteredScopesIT {

    private static final String SHARED = "https://shared.example.com/mcp";

    private Registrations registrations;
    private Reply anonymous;
    private Reply invited;

    @BeforeAll
    void configure(TestRealm realm) {
        registrations = Registrations.in(
                realm,
                Map.of("allowed-resources", List.of(SERVER), "max-registrations-per-source", List.of("0")),
                Map.of("extra-scopes", List.of("offline_access", "address")));
        registrations.add(Registrations.server("shared", SHARED, "other:read", "mcp:read"));
        anonymous = registrations.register(publicClient("Anonymous")).expect(201);
        invited = Registration.invited(registrations, publicClient("Invited")).expect(201);
    }

    @Test
    @Tries({"MCP-scope-minimization-all", "RFC9728-7.2"})
    void who_asks_for_everything_in_the_metadata_gets_what_it_may_have_of_the_server() {
        String all = registrations.advertisedScopes();
        assertThat(all.split(" ")).contains("mcp:read", "mcp:write", "other:read", "address", "offline_access");

        for (Reply client : List.of(anonymous, invited)) {
            Reply tokens = registrations.signIn(client, CALLBACK, all);
            assertThat(token(tokens).text("aud")).isEqualTo(SERVER);
            assertThat(scopes(tokens))
                    .contains("mcp:read", "mcp:write", "offline_access")
                    .doesNotContain("other:read", "address");
            Reply refreshed = registrations
                    .oauth()
                    .refresh(authOf(client), tokens.refreshToken(), Form.empty())
                    .expect(200);
            assertThat(scopes(refreshed)).isEqualTo(scopes(tokens));
        }
    }

    @Test
    @Tries("RFC7591-5-privilege")
    void the_word_none_allows_no_further_scope() {
        Map<String, List<String>> usual =
                Map.of("allowed-resources", List.of(SERVER), "max-registrations-per-source", List.of("0"));
        Map<String, List<String>> without = new HashMap<>(usual);
        without.put("extra-scopes", List.of("none"));
        Registration.configure(registrations, "anonymous", without);
        try {
            Reply client = registrations.register(publicClient("Never offline")).expect(201);
            Reply tokens = registrations.signIn(client, CALLBACK, "mcp:read offline_access");
            assertThat(scopes(tokens)).contains("mcp:read").doesNotContain("offline_access");
        } finally {
            Registration.configure(registrations, "anonymous", usual);
        }
    }

    @Test
    void without_a_resource_it_is_the_one_server_that_the_client_may_use() {
        Reply tokens = signIn(anonymous, registrations.advertisedScopes(), null);

        assertThat(token(tokens).text("aud")).isEqualTo(SERVER);
        assertThat(scopes(tokens)).contains("mcp:read", "mcp:write").doesNotContain("other:read", "address");
        assertThat(refusal(invited, registrations.advertisedScopes(), null)).isEqualTo("invalid_target");
    }

    @Test
    void a_login_steps_up_from_one_scope_to_everything_in_the_metadata() {
        Reply client = registrations.register(publicClient("Steps up")).expect(201);
        Browser browser = new Browser();
        Authorization first = registrations.authorize(client.get("client_id"), CALLBACK, "mcp:read", SERVER, browser);
        assertThat(scopes(registrations.oauth().code(authOf(client), first, Form.empty())))
                .contains("mcp:read")
                .doesNotContain("mcp:write");

        Authorization second = registrations.authorize(
                client.get("client_id"), CALLBACK, registrations.advertisedScopes(), SERVER, browser);

        assertThat(scopes(registrations.oauth().code(authOf(client), second, Form.empty())))
                .contains("mcp:read", "mcp:write");
    }

    @Test
    void pushed_requests_are_served_alike() {
        Authorization authorization = registrations
                .oauth()
                .authorizePushed(
                        authOf(anonymous),
                        anonymous.get("client_id"),
                        Form.of("redirect_uri", CALLBACK)
                                .with("scope", registrations.advertisedScopes())
                                .with("resource", SERVER),
                        new Browser())
                .as("alice", "alice");

        assertThat(scopes(registrations.oauth().code(authOf(anonymous), authorization, Form.empty())))
                .contains("mcp:read", "mcp:write")
                .doesNotContain("other:read");
    }

    @Test
    @Tries({"RFC7591-5-privilege", "MCP-scope-minimization-all"})
    void what_a_client_may_not_have_is_refused_where_it_asks_for_nothing_else() {
        assertThat(refusal(anonymous, "other:read", SERVER)).isEqualTo("invalid_scope");
        assertThat(refusal(anonymous, "openid other:read address", null)).isEqualTo("invalid_scope");
        assertThat(refusal(anonymous, "claudeai other:read", SERVER)).isEqualTo("invalid_scope");
        assertThat(registrations.admin().getEvents()).anySatisfy(event -> assertThat(event.getDetails())
                .containsEntry("mcp_reason", "client_scope_not_available"));
    }

    @Test
    void scopes_that_nobody_knows_do_not_end_a_login_where_the_server_is_named() {
        assertThat(scopes(signIn(anonymous, "mcp:read claudeai roles-of-everybody", SERVER)))
                .containsExactly("mcp:read");
        Reply tokens = signIn(invited, "openid claudeai read write", SERVER);
        assertThat(token(tokens).text("aud")).isEqualTo(SERVER);
        assertThat(scopes(tokens)).containsExactly("openid");
        Reply refreshed = registrations
                .oauth()
                .refresh(authOf(invited), tokens.refreshToken(), Form.of("scope", "openid claudeai read write"));
        assertThat(scopes(refreshed)).containsExactly("openid");
        assertThat(refusal(invited, "claudeai", null)).isEqualTo("invalid_target");

        Authorization pushed = registrations
                .oauth()
                .authorizePushed(
                        authOf(invited),
                        invited.get("client_id"),
                        Form.of("redirect_uri", CALLBACK)
                                .with("scope", " claudeai  mcp:read ")
                                .with("resource", SERVER),
                        new Browser())
                .as("alice", "alice");
        assertThat(scopes(registrations.oauth().code(authOf(invited), pushed, Form.empty())))
                .containsExactly("mcp:read");
    }

    @Test
    @Tries({"MCP-scope-minimization-omnibus", "RFC8707-2-scope"})
    void a_server_that_is_not_allowed_is_out_of_reach_also_by_a_scope_that_it_shares() {
        assertThat(refusal(anonymous, "mcp:read", OTHER)).isEqualTo("invalid_target");
        assertThat(refusal(anonymous, "mcp:read", SHARED)).isEqualTo("invalid_target");
        assertThat(refusal(anonymous, registrations.advertisedScopes(), SHARED)).isEqualTo("invalid_target");
        assertThat(token(signIn(invited, "mcp:read", SHARED)).text("aud")).isEqualTo(SHARED);
        assertThat(token(signIn(invited, "other:read", OTHER)).text("aud")).isEqualTo(OTHER);
    }

    @Test
    void an_administrator_may_allow_one_client_another_server() {
        Reply client = registrations.register(publicClient("Trusted")).expect(201);
        registrations.change(
                client.get("client_id"), stored -> stored.getAttributes().put("mcp.allowed-resources", SHARED));

        assertThat(token(signIn(client, "mcp:read", SHARED)).text("aud")).isEqualTo(SHARED);
        assertThat(refusal(client, "mcp:read", SERVER)).isEqualTo("invalid_target");
    }

    @Test
    void servers_and_scopes_come_and_go_for_clients_that_are_there() {
        String late = "https://late.example.com/mcp";
        registrations.add(Scope.named("late:read"));
        String server = registrations.add(Registrations.server("late", late, "late:read"));

        assertThat(registrations.advertisedScopes().split(" ")).contains("late:read");
        assertThat(scopes(signIn(invited, registrations.advertisedScopes(), late)))
                .contains("late:read")
                .doesNotContain("mcp:read");
        assertThat(scopes(signIn(anonymous, registrations.advertisedScopes(), SERVER)))
                .contains("mcp:read")
                .doesNotContain("late:read");

        registrations.change("late", stored -> stored.getAttributes().put("mcp.scopes", "late:read mcp:write"));
        assertThat(scopes(signIn(invited, registrations.advertisedScopes(), late)))
                .contains("late:read", "mcp:write");

        registrations.admin().clients().get(server).remove();
        assertThat(registrations.advertisedScopes().split(" ")).doesNotContain("late:read");
        assertThat(refusal(invited, "late:read", late)).isEqualTo("invalid_target");
        assertThat(scopes(signIn(invited, registrations.advertisedScopes(), SERVER)))
                .contains("mcp:read", "mcp:write");

        registrations
                .admin()
                .clientScopes()
                .get(registrations.scopeId("late:read"))
                .remove();
        assertThat(scopes(signIn(invited, registrations.advertisedScopes(), SERVER)))
                .contains("mcp:read", "mcp:write");
    }

    @Test
    void what_becomes_a_default_of_the_realm_stays_with_clients_of_before() {
        String scope = registrations.scopeId("mcp:write");
        registrations.admin().addDefaultDefaultClientScope(scope);
        try {
            assertThat(registrations.advertisedScopes().split(" ")).contains("mcp:write");
            assertThat(scopes(signIn(invited, registrations.advertisedScopes(), SERVER)))
                    .contains("mcp:read", "mcp:write");
        } finally {
            registrations.admin().removeDefaultDefaultClientScope(scope);
        }
    }

    private static Form request(Reply client, String scope, String resource) {
        Form request = Form.of("client_id", client.get("client_id"))
                .with("redirect_uri", CALLBACK)
                .with("scope", scope);
        return resource == null ? request : request.with("resource", resource);
    }

    private Reply signIn(Reply client, String scope, String resource) {
        Authorization authorization = registrations
                .oauth()
                .authorize(request(client, scope, resource))
                .as("alice", "alice");
        return registrations
                .oauth()
                .code(authOf(client), authorization, Form.empty())
                .expect(200);
    }

    private String refusal(Reply client, String scope, String resource) {
        return registrations
                .oauth()
                .authorize(request(client, scope, resource))
                .callback()
                .get("error");
    }

    private Jwt token(Reply tokens) {
        return registrations.oauth().verify(tokens.accessToken());
    }

    private List<String> scopes(Reply tokens) {
        assertThat(tokens.status()).as(tokens.toString()).isEqualTo(200);
        return Arrays.stream(tokens.get("scope").split(" ")).sorted().toList();
    }
}
