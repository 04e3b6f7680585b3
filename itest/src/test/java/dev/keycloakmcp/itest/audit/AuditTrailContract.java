package dev.keycloakmcp.itest.audit;

import static dev.keycloakmcp.itest.audit.AuditRealm.as;
import static dev.keycloakmcp.itest.audit.AuditRealm.encode;
import static dev.keycloakmcp.itest.audit.AuditRealm.target;
import static dev.keycloakmcp.itest.audit.AuditRealm.uri;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.server.KeycloakServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens under MCP policies is in the audit trail, and can be asked for, in every database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AuditTrailContract {

    AuditRealm mesh;

    void create(KeycloakServer server) {
        mesh = AuditRealm.create(server, List.of("alice", "bob", "carol"));
    }

    private JsonNode rowOf(Reply issued) {
        List<JsonNode> rows =
                mesh.rows("?jti=" + encode(Jwt.decode(issued.accessToken()).text("jti")));
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    @Test
    void a_token_of_a_delegation_says_who_acted_for_whom_on_what() {
        Reply signedIn = mesh.signIn("alice", "gateway").expect(200);
        Reply exchanged =
                mesh.exchange("gateway", signedIn.accessToken(), "crm").expect(200);

        JsonNode row = rowOf(exchanged);
        Jwt token = Jwt.decode(exchanged.accessToken());
        assertThat(row.get("type").asText()).isEqualTo("token");
        assertThat(row.get("outcome").asText()).isEqualTo("allow");
        assertThat(row.get("reason").asText()).isEqualTo("ok");
        assertThat(row.get("grant").asText()).isEqualTo("urn:ietf:params:oauth:grant-type:token-exchange");
        assertThat(row.at("/subject/username").asText()).isEqualTo("alice");
        assertThat(row.at("/subject/id").asText()).isEqualTo(token.text("sub"));
        assertThat(row.get("act")).isEqualTo(token.claims().get("act"));
        assertThat(row.get("actors").toString()).isEqualTo("[\"gateway\",\"desk\"]");
        assertThat(row.get("client_id").asText()).isEqualTo("gateway");
        assertThat(row.get("resource").asText()).isEqualTo(uri("crm"));
        assertThat(row.get("scope").asText()).isEqualTo("crm:use");
        assertThat(row.get("parent_jti").asText())
                .isEqualTo(Jwt.decode(signedIn.accessToken()).text("jti"));
        assertThat(row.get("session").asText()).isEqualTo(token.text("sid"));
        assertThat(row.get("ip").asText()).isEqualTo("127.0.0.1");
        assertThat(row.has("error")).isFalse();
        assertThat(row.get("time").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        assertThat(rowOf(signedIn).get("grant").asText()).isEqualTo("authorization_code");
        assertThat(rowOf(signedIn).has("parent_jti")).isFalse();
    }

    @Test
    void a_refreshed_token_comes_from_the_one_before() {
        Reply first = mesh.signIn("bob", "gateway").expect(200);
        Reply second = mesh.oauth()
                .refresh(as("desk"), first.refreshToken(), Form.empty())
                .expect(200);
        Reply third = mesh.oauth()
                .refresh(as("desk"), second.refreshToken(), Form.empty())
                .expect(200);

        assertThat(rowOf(second).get("grant").asText()).isEqualTo("refresh_token");
        assertThat(rowOf(second).get("parent_jti").asText())
                .isEqualTo(Jwt.decode(first.accessToken()).text("jti"));
        assertThat(rowOf(third).get("parent_jti").asText())
                .isEqualTo(Jwt.decode(second.accessToken()).text("jti"));
    }

    @Test
    void a_machine_token_is_of_its_service_account() {
        JsonNode row = rowOf(mesh.machine("specialist", target("billing")).expect(200));

        assertThat(row.at("/subject/username").asText()).isEqualTo("service-account-specialist");
        assertThat(row.at("/subject/client_id").asText()).isEqualTo("specialist");
        assertThat(row.get("grant").asText()).isEqualTo("client_credentials");
        assertThat(row.has("actors")).isFalse();
        assertThat(mesh.rows("?actor=specialist&jti=" + encode(row.get("jti").asText())))
                .containsExactly(row);
    }

    @Test
    @Tries("ASI10-trace")
    void refusals_say_what_was_asked_for_and_why_not() {
        assertThat(mesh.machine("billing", Form.of("resource", "https://nobody.example/mcp"))
                        .error())
                .isEqualTo("invalid_target");
        JsonNode unknown =
                mesh.rows("?client=billing&outcome=deny&type=refusal").get(0);
        assertThat(unknown.get("reason").asText()).isEqualTo("resource_unknown");
        assertThat(unknown.get("error").asText()).isEqualTo("invalid_target");
        assertThat(unknown.get("resource").asText()).isEqualTo("https://nobody.example/mcp");
        assertThat(unknown.get("grant").asText()).isEqualTo("client_credentials");
        assertThat(unknown.has("jti")).isFalse();

        Reply user = mesh.signIn("carol", "gateway").expect(200);
        String once = mesh.exchange("gateway", user.accessToken(), "specialist")
                .expect(200)
                .accessToken();
        String twice = mesh.exchange("specialist", once, "gateway").expect(200).accessToken();
        assertThat(mesh.exchange("gateway", twice, "crm").status()).isEqualTo(400);
        JsonNode repeated = mesh.rows("?subject=carol&outcome=deny").get(0);
        assertThat(repeated.get("reason").asText()).isEqualTo("actor_repeated");
        assertThat(repeated.get("actors").toString()).isEqualTo("[\"specialist\",\"gateway\",\"desk\"]");
        assertThat(repeated.get("parent_jti").asText())
                .isEqualTo(Jwt.decode(twice).text("jti"));
        assertThat(repeated.get("scope").asText()).isEqualTo("crm:use");
        assertThat(repeated.get("resource").asText()).isEqualTo(uri("crm"));
    }

    @Test
    @Tries({"ASI10-trace", "ASI08"})
    void a_refusal_costs_no_more_for_scopes_that_the_stranger_made_up() {
        String invented = IntStream.range(0, 100).mapToObj(i -> "made-up-" + i).collect(Collectors.joining(" "));
        Reply refused = mesh.oauth()
                .push(
                        as("desk"),
                        Form.of("redirect_uri", AuditRealm.REDIRECT)
                                .with("response_type", "code")
                                .with("resource", "https://costly.example/mcp")
                                .with("scope", invented));
        assertThat(refused.error()).isEqualTo("invalid_target");

        List<JsonNode> rows = mesh.rows("?resource=" + encode("https://costly.example/mcp"));
        assertThat(rows).isNotEmpty().allSatisfy(row -> assertThat(
                        row.get("scope").asText().split(" "))
                .hasSize(11)
                .startsWith("made-up-0")
                .endsWith("..."));
        assertThat(mesh.rows("?scope=made-up-0")).isEqualTo(rows);
        assertThat(mesh.rows("?scope=made-up-99")).isEmpty();
    }

    /** With the right to see events alone: what the list of actors has can be asked for, from its first token on. */
    @Test
    void who_acted_a_moment_ago_is_told() {
        String viewer = mesh.administrator("viewer", "view-events");
        mesh.add(Client.confidential("newcomer", "newcomer")
                .redirects(AuditRealm.REDIRECT)
                .defaults("basic", "mcp-actor"));
        assertThat(mesh.oauth().get(mesh.uriOf("actors/newcomer"), viewer).status())
                .isEqualTo(403);
        mesh.signInAt("newcomer", "alice", Form.of("scope", "openid")).expect(200);
        Reply told = mesh.oauth().get(mesh.uriOf("actors/newcomer"), viewer).expect(200);
        assertThat(told.json().get("count").asInt()).isEqualTo(1);
    }

    private static String session(Reply issued) {
        return Jwt.decode(issued.accessToken()).text("sid");
    }

    @Test
    @Tries({"ASI10-trace", "RFC8693-5-revocation"})
    void a_refresh_that_is_refused_at_its_end_leaves_no_row_but_the_refusal() {
        try (AuditRealm other = AuditRealm.create(mesh.server(), List.of("alice"))) {
            other.change("gateway", client -> client.getAttributes()
                    .put("standard.token.exchange.enableRefreshRequestedTokenType", "SAME_SESSION"));
            other.executors(
                    Map.of("mcp-resource-indicator", Map.of(), "mcp-delegation", Map.of("allow-refresh", true)));
            Reply delegated = other.exchange(
                            "gateway",
                            other.signIn("alice", "gateway").expect(200).accessToken(),
                            target("crm")
                                    .with("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token"))
                    .expect(200);
            // No policy looks at the actors any more; the tokens are made before they are.
            other.executors(Map.of("mcp-resource-indicator", Map.of()));
            List<JsonNode> before = other.rows("");
            other.change("desk", client -> client.getAttributes().put("mcp.suspended", "misbehaved"));
            Reply refused = other.oauth().refresh(as("gateway"), delegated.refreshToken(), Form.empty());
            assertThat(refused.error()).as(refused.toString()).isEqualTo("invalid_grant");

            List<JsonNode> rows = other.rows("");
            assertThat(rows).hasSize(before.size() + 1);
            assertThat(rows.get(0).get("type").asText()).isEqualTo("refusal");
            assertThat(rows.get(0).get("reason").asText()).isEqualTo("delegation_actor_ended");
        }
    }

    @Test
    @Tries("ASI10-trace")
    void a_token_that_keycloak_does_not_give_away_after_all_has_no_row() {
        mesh.add(Client.confidential("plain", "plain")
                .redirects(AuditRealm.REDIRECT)
                .exchanges()
                .defaults("basic", "mcp-actor"));
        Reply signedIn =
                mesh.signInAt("plain", "alice", Form.of("scope", "openid")).expect(200);
        List<JsonNode> before = mesh.rows("?session=" + session(signedIn));
        assertThat(before).hasSize(1);
        // The audience is looked at when the token is there.
        Reply refused = mesh.exchange("plain", signedIn.accessToken(), Form.of("audience", "specialist"));
        assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
        assertThat(mesh.rows("?session=" + session(signedIn)).stream()
                        .filter(row -> row.get("type").asText().equals("token"))
                        .toList())
                .isEqualTo(before);
    }

    @Test
    @Tries("ASI10-trace")
    void a_token_that_keycloak_makes_for_its_hash_alone_has_no_row() {
        Client hybrid = Client.confidential("hybrid", "hybrid")
                .redirects(AuditRealm.REDIRECT)
                .defaults("basic", "mcp-actor");
        hybrid.setImplicitFlowEnabled(true);
        mesh.add(hybrid);
        mesh.oauth()
                .authorize(Form.of("client_id", "hybrid")
                        .with("redirect_uri", AuditRealm.REDIRECT)
                        .with("response_type", "code id_token")
                        .with("nonce", "n")
                        .with("scope", "openid"))
                .as("alice", "alice")
                .callback()
                .get("code");
        assertThat(mesh.rows("?type=token&client=hybrid")).isEmpty();
    }

    @Test
    @Tries("ASI10-trace")
    void refused_authorization_requests_are_rows() {
        mesh.oauth()
                .authorize(Form.of("client_id", "desk")
                        .with("redirect_uri", AuditRealm.REDIRECT)
                        .with("scope", "crm:use")
                        .with("resource", "https://elsewhere.example/"));

        JsonNode row =
                mesh.rows("?client=desk&resource=https://elsewhere.example/").get(0);
        assertThat(row.get("type").asText()).isEqualTo("refusal");
        assertThat(row.get("reason").asText()).isEqualTo("resource_unknown");
        assertThat(row.get("grant").asText()).isEqualTo("authorization_code");
    }

    @Test
    void registrations_are_rows_whether_they_work_or_not() {
        String id = mesh.register("Good").expect(201).get("client_id");
        mesh.oauth().register("mcp", Map.of("client_name", "Bad", "redirect_uris", List.of("https://evil.example/")));

        JsonNode good = mesh.rows("?type=registration&client=" + id).get(0);
        assertThat(good.get("outcome").asText()).isEqualTo("allow");
        JsonNode bad = mesh.rows("?type=registration&outcome=deny").get(0);
        assertThat(bad.get("reason").asText()).isEqualTo("redirect_host_not_allowed");
        assertThat(bad.get("error").asText()).isEqualTo("invalid_redirect_uri");
    }

    @Test
    void pages_follow_each_other_while_rows_arrive() {
        for (int i = 0; i < 7; i++) {
            mesh.machine("gateway", target("specialist")).expect(200);
        }
        String query = "?client=gateway&grant=client_credentials&resource=" + encode(uri("specialist"));
        List<String> expected =
                mesh.rows(query).stream().map(row -> row.get("id").asText()).toList();
        List<String> seen = new ArrayList<>();
        Reply page = mesh.ask("delegations" + query + "&max=3").expect(200);
        while (true) {
            page.json().forEach(row -> seen.add(row.get("id").asText()));
            mesh.machine("gateway", target("specialist")).expect(200);
            Optional<java.net.URI> next = page.next();
            if (next.isEmpty()) {
                break;
            }
            assertThat(page.json()).hasSize(3);
            page = mesh.oauth().get(next.get(), mesh.server().adminToken()).expect(200);
        }
        assertThat(seen).isEqualTo(expected);
    }

    @Test
    void summaries_count() {
        String user = mesh.password("bob", target("specialist")).expect(200).accessToken();
        mesh.exchange("specialist", user, "billing").expect(200);
        mesh.exchange("specialist", user, "billing").expect(200);
        String filter = "&subject=bob&resource=" + encode(uri("billing"));

        JsonNode actors = mesh.ask("delegations/summary?by=actor" + filter).json();
        assertThat(actors.findValuesAsText("key")).containsExactly("specialist");
        assertThat(actors.get(0).get("count").asInt()).isEqualTo(2);
        JsonNode subjects = mesh.ask("delegations/summary?by=subject" + filter).json();
        assertThat(subjects.get(0).get("name").asText()).isEqualTo("bob");
        assertThat(subjects.get(0).get("key").asText()).isEqualTo(mesh.userId("bob"));
        JsonNode flows = mesh.ask("delegations/summary?by=flow" + filter).json();
        assertThat(flows).hasSize(1);
        assertThat(flows.get(0).get("actors").toString()).isEqualTo("[\"specialist\"]");
        assertThat(flows.get(0).get("count").asInt()).isEqualTo(2);
    }

    @Test
    void what_report_mode_lets_pass_is_a_row() {
        try (AuditRealm lenient = AuditRealm.create(
                mesh.server(), List.of("alice"), realm -> realm.policies(AuditRealm.policy("report")))) {
            Reply issued = lenient.machine("crm", Form.of("resource", "https://nobody.example/mcp"))
                    .expect(200);
            List<JsonNode> rows = lenient.rows("?outcome=would-deny");
            assertThat(rows).hasSize(1);
            assertThat(rows.get(0).get("type").asText()).isEqualTo("token");
            assertThat(rows.get(0).get("reason").asText()).isEqualTo("resource_unknown");
            assertThat(rows.get(0).get("resource").asText()).isEqualTo("https://nobody.example/mcp");
            assertThat(rows.get(0).get("jti").asText())
                    .isEqualTo(Jwt.decode(issued.accessToken()).text("jti"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "actr=x",
                "actor=a&actor=b",
                "outcome=maybe",
                "type=x",
                "max=0",
                "max=1001",
                "first=-1",
                "from=yesterday",
                "cursor=1",
                "subject=",
                "by=actor"
            })
    void what_cannot_be_understood_is_refused(String query) {
        Reply reply = mesh.ask("delegations?" + query);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.get("errorMessage")).contains(query.substring(0, query.indexOf('=')));
    }
}
