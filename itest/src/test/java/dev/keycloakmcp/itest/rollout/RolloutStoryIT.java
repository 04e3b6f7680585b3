package dev.keycloakmcp.itest.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.demo.RealmExport;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The story of {@code docs/operate/roll-out-story.md}, by its own commands, in a realm that lived before MCP came. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RolloutStoryIT {

    private static final int PEOPLE = Integer.getInteger("story.people", 20);

    static final String CALLBACK = "https://shop.example/callback";
    private static final String ORDERS = "https://orders.example.com/mcp";
    private static final String STOCK = "https://stock.example.com/mcp";

    private KeycloakServer server;
    private TestRealm realm;

    @BeforeAll
    void create(KeycloakServer server) {
        this.server = server;
        realm = StoryRealm.create(server, PEOPLE);
    }

    @AfterAll
    void remove() {
        realm.close();
    }

    private static ClientAuth as(String client) {
        return ClientAuth.basic(client, client);
    }

    /** Everybody signs in at the shop; what each of them gets there. */
    private Map<String, Answers> signIns() {
        Map<String, Answers> answers = new LinkedHashMap<>();
        StoryRealm.people(PEOPLE).forEach(name -> answers.put(name, Answers.of(realm.oauth(), shopper(name))));
        return answers;
    }

    private Reply shopper(String name) {
        Form request =
                Form.of("client_id", "web-shop").with("redirect_uri", CALLBACK).with("scope", "openid");
        Authorization page = realm.oauth().authorize(request, new Browser());
        return realm.oauth()
                .code(as("web-shop"), page.login(name, name), Form.empty())
                .expect(200);
    }

    private Reply batch(Form more) {
        return realm.oauth().clientCredentials(as("nightly-batch"), more);
    }

    private Reply exchange(Form more) {
        return realm.oauth().exchange(as("orders"), shopper("customer-0").accessToken(), more);
    }

    private static boolean isSame(Answers before, Answers after) {
        return before.lostIn(after).isEmpty() && after.lostIn(before).isEmpty();
    }

    private void nothingChangedFor(Map<String, Answers> before) {
        signIns().forEach((name, after) -> assertThat(isSame(before.get(name), after))
                .as("%s lost %s, gained %s", name, before.get(name).lostIn(after), after.lostIn(before.get(name)))
                .isTrue());
    }

    /** Client id and effect of each row of {@code would-deny}. */
    private static Map<String, String> effects(StoryPage.Said wouldDeny) {
        Map<String, String> effects = new TreeMap<>();
        wouldDeny
                .json()
                .forEach(row -> effects.put(
                        row.get("clientId").asText(), row.get("effect").asText()));
        return effects;
    }

    private static JsonNode loses(StoryPage.Said wouldDeny, String client) {
        return wouldDeny
                .json()
                .valueStream()
                .filter(row -> row.get("clientId").asText().equals(client))
                .findFirst()
                .orElseThrow()
                .get("loses");
    }

    @Test
    void the_story_goes_as_written(@TempDir Path folder) {
        StoryPage page = StoryPage.of(server, folder);
        Map<String, String> before = RealmExport.membersOf(realm);
        Map<String, Answers> people = signIns();
        batch(Form.empty()).expect(200);
        Answers exchanged = exchanged();

        List<StoryPage.Said> report = page.run("Day 1: report", Map.of());
        assertThat(report.get(0).output()).startsWith("Nothing is changed.").contains("added     client policy mcp");
        assertThat(report.get(1).output()).contains("changed   client orders: MCP server " + ORDERS);
        nothingChangedFor(people);
        batch(Form.empty()).expect(200);
        exchanged();

        StoryPage.Said found =
                page.run("Day 8: read what would break", Map.of()).get(0);
        assertThat(effects(found)).isEqualTo(Map.of("web-shop", "deny", "nightly-batch", "deny", "orders", "narrow"));

        assertThat(page.blocks("Day 9: fix three findings")).isEmpty();
        realm.clientResource("web-shop").removeOptionalClientScope(realm.scopeId("orders:read"));
        realm.clientResource("web-shop").removeOptionalClientScope(realm.scopeId("stock:read"));
        Map<String, String> sinceTheFix =
                Map.of("FIXED", Long.toString(Instant.now().toEpochMilli()));
        nothingChangedFor(people);
        Map<String, Answers> job = new TreeMap<>();
        List.of(ORDERS, STOCK)
                .forEach(server -> job.put(
                        server,
                        Answers.of(
                                realm.oauth(),
                                batch(Form.of("resource", server)).expect(200))));
        exchanged();
        StoryPage.Said rest =
                page.run("Day 15: nobody would break", sinceTheFix).get(0);
        assertThat(effects(rest)).isEqualTo(Map.of("nightly-batch", "narrow", "orders", "narrow"));
        for (String mode : List.of("configured", "enforce")) {
            JsonNode explained = realm.oauth()
                    .postJson(
                            realm.adminUri("mcp/explain"),
                            Map.of(
                                    "grant", "token_exchange",
                                    "client", "orders",
                                    "user", "customer-0",
                                    "scope", "stock:read",
                                    "enforcement", mode),
                            server.adminToken())
                    .expect(200)
                    .json();
            assertThat(Answers.withoutEmpty(explained.get("loses")))
                    .as(mode)
                    .isEqualTo(Answers.withoutEmpty(loses(rest, "orders")));
        }

        assertThat(page.run("Day 16: enforce", Map.of()).get(0).output())
                .contains("changed   client profile mcp", "to enforce");
        nothingChangedFor(people);
        assertThat(exchanged.lostIn(exchanged())).isEqualTo(Answers.withoutEmpty(loses(rest, "orders")));
        job.forEach((server, announced) -> {
            Reply enforced = batch(Form.of("resource", server)).expect(200);
            assertThat(Jwt.decode(enforced.accessToken()).audience()).containsExactly(server);
        });
        Reply refused = batch(Form.empty());
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error()).isEqualTo("invalid_target");

        String added = page.run("Day 30: an agent", Map.of()).get(0).output();
        Matcher secret = Pattern.compile("secret +(\\S+)").matcher(added);
        assertThat(secret.find()).as(added).isTrue();
        ClientAuth restocker = ClientAuth.basic("restocker", secret.group(1));
        Reply token = realm.oauth()
                .clientCredentials(restocker, Form.of("scope", "stock:read"))
                .expect(200);
        assertThat(Jwt.decode(token.accessToken()).audience()).containsExactly(STOCK);

        page.run("Day 42: its secret leaks", Map.of());
        Reply stoppedAgent = realm.oauth().clientCredentials(restocker, Form.of("scope", "stock:read"));
        assertThat(stoppedAgent.status()).isEqualTo(400);
        assertThat(stoppedAgent.error()).isEqualTo("unauthorized_client");
        assertThat(realm.oauth()
                        .introspect(as("stock"), token.accessToken())
                        .json()
                        .get("active")
                        .asBoolean())
                .isFalse();
        nothingChangedFor(people);

        List<String> out = page.blocks("Taking it out");
        StoryPage.Said stopped = page.shell(out.get(0), Map.of());
        assertThat(stopped.status()).isEqualTo(1);
        assertThat(stopped.output()).contains("nothing would stop them any more: restocker");
        StoryPage.Said removed = page.shell(out.get(1), Map.of());
        assertThat(removed.status()).as(removed.output()).isZero();
        nothingChangedFor(people);
        batch(Form.empty()).expect(200);
        assertThat(changed(before, RealmExport.membersOf(realm))).isEqualTo(page.listed("Taking it out"));
    }

    /** The members of the realm that are not what they were. */
    private static Set<String> changed(Map<String, String> before, Map<String, String> after) {
        return Stream.concat(before.keySet().stream(), after.keySet().stream())
                .filter(member -> !Objects.equals(before.get(member), after.get(member)))
                .map(member -> member.startsWith("restocker.") ? "restocker" : member)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Answers exchanged() {
        return Answers.of(
                realm.oauth(), exchange(Form.of("scope", "stock:read")).expect(200));
    }
}
