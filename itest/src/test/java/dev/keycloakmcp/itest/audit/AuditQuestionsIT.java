package dev.keycloakmcp.itest.audit;

import static dev.keycloakmcp.itest.audit.AuditRealm.encode;
import static dev.keycloakmcp.itest.audit.AuditRealm.target;
import static dev.keycloakmcp.itest.audit.AuditRealm.uri;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Registration;
import dev.keycloakmcp.itest.server.KeycloakServer;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Questions that people ask the audit trail, each answered as the test's own record of what was done says. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditQuestionsIT {

    private static final String REDIRECT = "http://127.0.0.1:7777/callback";
    private static final String NOWHERE = "https://nowhere.example/mcp";
    private static final String FIRST_NAME = "Gateway of the first floor";
    private static final String LATER_NAME = "Gateway of the second floor";
    /** Written to be taken for two clients that are there, and for a formula. */
    private static final String HOSTILE_NAME = "=portal \u2192 crm";
    /** The same, turned around. */
    private static final String HIDDEN_NAME = "portal\u202E \u2192 mrc\u200B";

    /**
     * One thing that was done.
     *
     * @param chain who acted, newest first
     * @param why reason of what was refused, or of a registration
     */
    private record Deed(
            String type, String subject, List<String> chain, String client, String server, String jti, String why) {

        boolean isToken() {
            return type.equals("token");
        }

        boolean isBy(String actor) {
            boolean asItself = isToken() && subject.equals("service-account-" + actor);
            return chain.contains(actor) || client.equals(actor) && (asItself || type.equals("refusal"));
        }

        String text() {
            return String.join("|", type, subject, chain.toString(), client, server, jti, why);
        }
    }

    private final List<Deed> record = new ArrayList<>();
    private AuditRealm mesh;
    private String manager;
    private String registered;
    private Reply aliceAtGateway;
    private Reply aliceAtSpecialist;
    private Reply aliceAtCrm;

    @BeforeAll
    void live(KeycloakServer server) {
        mesh = AuditRealm.create(server, List.of("alice", "bob", "carol"));
        manager = mesh.administrator("manager", "manage-clients");
        name("gateway", FIRST_NAME);
        name("billing", HIDDEN_NAME);
        aliceAtGateway = signIn("alice", "gateway");
        aliceAtSpecialist = exchange("alice", "gateway", aliceAtGateway, List.of("desk"), "specialist");
        name("gateway", LATER_NAME);
        aliceAtCrm = exchange("alice", "specialist", aliceAtSpecialist, List.of("gateway", "desk"), "crm");
        exchange("alice", "gateway", aliceAtGateway, List.of("desk"), "crm");
        refusedExchange("alice", "billing", aliceAtGateway);
        Reply bob = signIn("bob", "crm");
        exchange("bob", "crm", bob, List.of("desk"), "billing");
        Reply own = machine("gateway", "crm");
        exchange("service-account-gateway", "crm", own, List.of(), "billing");
        machine("crm", "billing");
        machineNowhere("crm");
        wrongSecret("crm");
        registrations();
        stop();
    }

    @AfterAll
    void end() {
        mesh.close();
    }

    private void name(String client, String name) {
        mesh.change(client, each -> each.setName(name));
    }

    private static String jti(Reply issued) {
        return Jwt.decode(issued.accessToken()).text("jti");
    }

    private void done(
            String type, String subject, List<String> chain, String client, String server, String jti, String why) {
        record.add(new Deed(type, subject, chain, client, server.isEmpty() ? "" : uri(server), jti, why));
    }

    private Reply token(Reply issued, String subject, List<String> chain, String client, String server) {
        issued.expect(200);
        done("token", subject, chain, client, server, jti(issued), "ok");
        return issued;
    }

    /** Those who act, as the token that was issued says. */
    private static List<String> acting(Reply issued) {
        List<String> chain = new ArrayList<>();
        JsonNode act = Jwt.decode(issued.expect(200).accessToken()).claims().path("act");
        while (act.has("client_id")) {
            chain.add(act.get("client_id").asText());
            act = act.path("act");
        }
        return chain;
    }

    private Reply signIn(String user, String server) {
        return token(mesh.signIn(user, server), user, List.of("desk"), "desk", server);
    }

    private Reply exchange(String subject, String actor, Reply received, List<String> chain, String server) {
        return token(
                mesh.exchange(actor, received.accessToken(), server),
                subject,
                Stream.concat(Stream.of(actor), chain.stream()).toList(),
                actor,
                server);
    }

    /** With a token that somebody else received. */
    private void refusedExchange(String subject, String actor, Reply foreign) {
        Reply refused = mesh.exchange(actor, foreign.accessToken(), "crm");
        assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
        done("refusal", subject, List.of(actor, "desk"), actor, "crm", "", "subject_token_not_for_client");
    }

    private Reply machine(String agent, String server) {
        return token(mesh.machine(agent, target(server)), "service-account-" + agent, List.of(), agent, server);
    }

    private void machineNowhere(String agent) {
        Form target = Form.of("resource", NOWHERE).with("scope", "crm:use");
        assertThat(mesh.machine(agent, target).error()).isEqualTo("invalid_target");
        record.add(new Deed("refusal", "service-account-" + agent, List.of(), agent, NOWHERE, "", "resource_unknown"));
    }

    private void wrongSecret(String agent) {
        Reply refused = mesh.oauth().clientCredentials(ClientAuth.basic(agent, "guessed"), target("billing"));
        assertThat(refused.status()).as(refused.toString()).isEqualTo(401);
    }

    private void registrations() {
        Map<String, Object> metadata = Registration.publicClient("Reader", REDIRECT);
        registered = mesh.oauth().register("mcp", metadata).expect(201).get("client_id");
        done("registration", "", List.of(), registered, "", "", "ok");
        assertThat(mesh.oauth().register("mcp", metadata).expect(201).get("client_id"))
                .isEqualTo(registered);
        done("registration", "", List.of(), registered, "", "", "reused");
        for (String user : List.of("alice", "carol")) {
            Form request = Form.of("client_id", registered)
                    .with("redirect_uri", REDIRECT)
                    .and(target("crm"));
            Reply issued = mesh.oauth()
                    .code(
                            ClientAuth.none(registered),
                            mesh.oauth().authorize(request).as(user, user),
                            Form.empty());
            token(issued, user, acting(issued), registered, "crm");
        }
        Reply hostile = mesh.oauth()
                .register("mcp", Registration.publicClient(HOSTILE_NAME, "http://127.0.0.1:7778/callback"))
                .expect(201);
        done("registration", "", List.of(), hostile.get("client_id"), "", "", "ok");
        URI itself = URI.create(hostile.get("registration_client_uri"));
        mesh.oauth().delete(itself, hostile.get("registration_access_token")).expect(204);
        done("registration-deletion", "", List.of(), hostile.get("client_id"), "", "", "ok");
    }

    private void stop() {
        URI suspension = mesh.uriOf("actors/specialist/suspension");
        mesh.oauth()
                .sendJson("PUT", suspension, "{\"reason\":\"leaked its key\"}", manager)
                .expect(204);
        done("suspension", "manager", List.of("specialist"), "admin-cli", "", "", "suspended");
        assertThat(mesh.machine("specialist", target("crm")).error()).isEqualTo("unauthorized_client");
        done("refusal", "", List.of(), "specialist", "", "", "client_suspended");
    }

    private static Deed said(JsonNode row) {
        return new Deed(
                row.path("type").asText(),
                row.at("/subject/username").asText(),
                row.path("actors").valueStream().map(JsonNode::asText).toList(),
                row.path("client_id").asText(),
                row.path("resource").asText(),
                row.path("jti").asText(),
                row.path("reason").asText());
    }

    private void assertRows(String query, Predicate<Deed> those) {
        assertThat(mesh.rows(query).stream().map(row -> said(row).text()).toList())
                .as(query)
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(
                        record.stream().filter(those).map(Deed::text).toList());
    }

    private List<JsonNode> summary(String query) {
        return mesh.ask("delegations/summary?max=1000&" + query)
                .expect(200)
                .json()
                .valueStream()
                .toList();
    }

    private static Map<String, Long> counts(List<JsonNode> summary, Function<JsonNode, String> key) {
        return summary.stream()
                .collect(Collectors.toMap(key, each -> each.get("count").asLong(), Long::sum, TreeMap::new));
    }

    private Map<String, Long> tokens(Predicate<Deed> those, Function<Deed, Stream<String>> keys) {
        return record.stream()
                .filter(Deed::isToken)
                .filter(those)
                .flatMap(keys)
                .collect(Collectors.groupingBy(key -> key, TreeMap::new, Collectors.counting()));
    }

    private static String key(JsonNode counted) {
        return counted.get("key").asText();
    }

    private static String flow(Deed deed) {
        return String.join("|", deed.subject(), deed.chain().toString(), deed.client(), deed.server());
    }

    private static String flow(JsonNode counted) {
        return flow(said(counted));
    }

    @Test
    void which_agents_acted_for_alice() {
        List<JsonNode> answer = summary("by=actor&subject=alice&from=" + (System.currentTimeMillis() - 604_800_000));

        assertThat(counts(answer, AuditQuestionsIT::key))
                .as("whoever was refused did not act")
                .doesNotContainKey("billing")
                .isEqualTo(tokens(deed -> deed.subject().equals("alice"), deed -> deed.chain().stream()));
        assertThat(answer)
                .allSatisfy(each -> assertThat(each.get("counted").asText()).isEqualTo("token"));
    }

    @Test
    @Tries("ASI10-trace")
    void what_did_the_agent_do() {
        for (String agent : List.of("crm", "gateway", "specialist", "billing", "desk")) {
            assertRows("?actor=" + agent, deed -> deed.isBy(agent));
        }
        assertRows("?actor=crm&type=token", deed -> deed.isBy("crm") && deed.isToken());
        assertRows(
                "?actor=crm&grant=client_credentials&outcome=allow",
                deed -> deed.subject().equals("service-account-crm") && deed.isToken());
        assertRows(
                "?actor=crm&outcome=deny",
                deed -> deed.isBy("crm") && deed.type().equals("refusal"));
        List<JsonNode> all = mesh.rows("?actor=crm");
        assertThat(mesh.rows("?actor=crm&max=2")).as("page by page").isEqualTo(all);
        assertThat(mesh.ask("delegations?actor=crm&first=1&max=3")
                        .json()
                        .valueStream()
                        .toList())
                .isEqualTo(all.subList(1, 4));
    }

    @Test
    void for_whom_did_the_agent_act() {
        List<JsonNode> answer = summary("by=subject&actor=crm");

        assertThat(counts(answer, each -> each.get("name").asText()))
                .isEqualTo(tokens(deed -> deed.isBy("crm"), deed -> Stream.of(deed.subject())));
        assertThat(answer.stream().filter(each -> each.has("client_id")).map(each -> each.get("client_id")
                        .asText()))
                .as("machines are told from people, by the client that they are")
                .containsExactlyInAnyOrder("crm", "gateway");
    }

    @Test
    void who_used_the_crm_server() {
        String query = "resource=" + encode(uri("crm"));

        assertThat(counts(summary("by=flow&" + query), AuditQuestionsIT::flow))
                .isEqualTo(tokens(deed -> deed.server().equals(uri("crm")), deed -> Stream.of(flow(deed))));
        assertThat(counts(summary("by=actor&" + query), AuditQuestionsIT::key))
                .isEqualTo(tokens(deed -> deed.server().equals(uri("crm")), deed -> Stream.of(
                                "crm", "gateway", "specialist", "billing", "desk", registered)
                        .filter(deed::isBy)));
    }

    @Test
    void what_came_of_this_token() {
        List<String> fromTheSignIn = record.stream()
                .filter(deed -> deed.isToken() && deed.subject().equals("alice"))
                .filter(deed -> deed.chain().contains("desk"))
                .map(Deed::jti)
                .toList();
        assertThat(chain(aliceAtGateway).stream().filter(jti -> !jti.isEmpty()))
                .containsExactlyElementsOf(fromTheSignIn);
        assertThat(chain(aliceAtCrm)).containsExactly(jti(aliceAtGateway), jti(aliceAtSpecialist), jti(aliceAtCrm));
    }

    private List<String> chain(Reply token) {
        return mesh.ask("delegations/" + encode(jti(token)) + "/chain")
                .expect(200)
                .json()
                .valueStream()
                .map(row -> row.path("jti").asText())
                .toList();
    }

    @Test
    void what_was_refused_and_why() {
        assertRows("?outcome=deny", deed -> deed.type().equals("refusal"));
        assertRows("?type=refusal&reason=resource_unknown", deed -> deed.why().equals("resource_unknown"));
        assertThat(summary("by=subject&outcome=deny"))
                .as("what is counted then are no tokens, and the answer says so")
                .isNotEmpty()
                .allSatisfy(each -> assertThat(each.get("counted").asText()).isEqualTo("row"));
    }

    @Test
    void which_people_used_the_registered_client() {
        assertThat(counts(summary("by=subject&client=" + registered), each -> each.get("name")
                        .asText()))
                .isEqualTo(tokens(deed -> deed.client().equals(registered), deed -> Stream.of(deed.subject())))
                .containsOnlyKeys("alice", "carol");
    }

    @Test
    void what_did_the_administrator_stop() {
        assertRows("?type=suspension&subject=manager", deed -> deed.type().equals("suspension"));
        assertThat(mesh.rows("?type=suspension&actor=specialist")
                        .get(0)
                        .get("detail")
                        .asText())
                .isEqualTo("leaked its key");
    }

    @Test
    void who_registered_and_who_was_given_a_client_that_was_there() {
        assertRows("?type=registration", deed -> deed.type().equals("registration"));
        assertRows("?type=registration&reason=reused", deed -> deed.why().equals("reused"));
        assertThat(mesh.rows("?type=registration&client=" + registered).stream()
                        .map(row -> row.get("reason").asText()))
                .containsExactly("reused", "ok");
    }

    @Test
    void which_machines_work_on_their_own() {
        Map<String, Long> own = counts(summary("by=subject&grant=client_credentials"), each -> each.path("client_id")
                .asText());
        assertThat(own)
                .isEqualTo(tokens(
                        deed -> deed.chain().isEmpty() && deed.subject().startsWith("service-account-"),
                        deed -> Stream.of(deed.client())));
        JsonNode row =
                mesh.rows("?actor=crm&grant=client_credentials&outcome=allow").get(0);
        assertThat(row.at("/subject/client_id").asText()).isEqualTo("crm");
        assertThat(mesh.rows("?subject=alice"))
                .allSatisfy(each -> assertThat(each.at("/subject/client_id").isMissingNode())
                        .isTrue());
        assertThat(mesh.ask("delegations/export?format=csv&grant=client_credentials&outcome=allow&actor=crm")
                        .expect(200)
                        .body()
                        .lines()
                        .skip(1))
                .hasSize(1)
                .allMatch(line -> line.endsWith(",crm,,,"));
    }

    @Test
    void who_used_a_scope() {
        assertThat(mesh.rows("?scope=billing:use&type=token").stream()
                        .map(row -> said(row).text()))
                .containsExactlyInAnyOrderElementsOf(record.stream()
                        .filter(deed -> deed.isToken() && deed.server().equals(uri("billing")))
                        .map(Deed::text)
                        .toList());
    }

    @Test
    void what_happened_in_a_session() {
        assertRows(
                "?session=" + Jwt.decode(aliceAtGateway.accessToken()).text("sid"),
                deed -> deed.subject().equals("alice") && !deed.client().equals(registered));
    }

    @Test
    @Tries("ASI10-trace")
    void how_were_the_clients_called_then() {
        JsonNode before = mesh.rows("?jti=" + encode(jti(aliceAtSpecialist))).get(0);
        JsonNode after = mesh.rows("?jti=" + encode(jti(aliceAtCrm))).get(0);
        assertThat(before.get("client_name").asText()).isEqualTo(FIRST_NAME);
        assertThat(before.get("actor_names").toString()).isEqualTo("[\"" + FIRST_NAME + "\",\"\"]");
        assertThat(after.has("client_name")).isFalse();
        assertThat(after.get("actor_names").toString()).isEqualTo("[\"\",\"" + LATER_NAME + "\",\"\"]");
        assertThat(summary("by=actor&actor=gateway").stream()
                        .filter(each -> key(each).equals("gateway"))
                        .map(each -> each.get("client_name").asText()))
                .as("the latest")
                .containsExactly(LATER_NAME);
        for (JsonNode row : mesh.rows("?type=registration&client=" + registered)) {
            assertThat(row.get("client_name").asText()).isEqualTo("Reader");
        }
        List<JsonNode> gone = mesh.rows("?type=registration-deletion");
        assertThat(gone).hasSize(1);
        assertThat(gone.get(0).get("client_name").asText())
                .as("when the row was written the client was gone")
                .isEqualTo(HOSTILE_NAME);
        assertThat(mesh.rows("?client=billing&outcome=deny")
                        .get(0)
                        .get("client_name")
                        .asText())
                .as("what nobody sees, or what turns others around, is marked")
                .isEqualTo("portal\uFFFD \u2192 mrc\uFFFD");
        assertThat(mesh.ask("delegations/export?format=csv&type=registration-deletion")
                        .expect(200)
                        .body())
                .contains(",\"'=portal");
    }
}
