package dev.keycloakmcp.itest.audit;

import static dev.keycloakmcp.itest.audit.AuditRealm.encode;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** Random rows of some days, and what a summary has to say of them: what counting the rows of a list gives. */
final class CountedRows {

    private static final Duration DAYS = Duration.ofDays(5);
    private static final String EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
    private static final List<String> FIELDS = List.of(
            "row_type",
            "outcome",
            "reason",
            "grant_type",
            "subject_id",
            "username",
            "subject_client",
            "act",
            "client_id",
            "resource_uri");

    private final AuditRealm realm;
    private final Random random;
    private final long now = System.currentTimeMillis();

    CountedRows(AuditRealm realm, long seed) {
        this.realm = realm;
        this.random = new Random(seed);
    }

    private String one(String... of) {
        return of[random.nextInt(of.length)];
    }

    /** As requests write them, but of the past. */
    void write(Connection connection, int number) throws SQLException {
        String id = realm.admin().toRepresentation().getId();
        try (PreparedStatement row =
                connection.prepareStatement("insert into mcp_audit_journal (id, realm_id, event_time, "
                        + String.join(", ", FIELDS) + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (int i = 0; i < number; i++) {
                long time = now - (long) (random.nextDouble() * DAYS.toMillis());
                row.setString(
                        1,
                        "%08x-%04x-7000-8000-%012x".formatted(time >>> 16, time & 0xffff, random.nextLong(1L << 48)));
                row.setString(2, id);
                row.setLong(3, time);
                List<String> values = values();
                for (int field = 0; field < values.size(); field++) {
                    row.setString(field + 4, values.get(field));
                }
                row.addBatch();
            }
            row.executeBatch();
        }
    }

    private List<String> values() {
        String type = one("token", "token", "token", "refusal", "registration");
        String user = one("user-1", "user-2", "machine", null);
        String client = one("c1", "c2", "c3", null);
        List<String> values = new ArrayList<>();
        values.add(type);
        values.add(type.equals("refusal") ? "deny" : one("allow", "allow", "would-deny"));
        values.add(one("ok", "resource_unknown", null));
        values.add(one("client_credentials", EXCHANGE, null));
        values.add(user);
        values.add(user == null ? null : one("name of " + user, "earlier name", null));
        values.add(user != null && user.equals("machine") ? client : null);
        values.add(one(
                null,
                "{\"sub\":\"s1\",\"client_id\":\"c1\"}",
                "{\"sub\":\"s2\",\"client_id\":\"c2\",\"act\":{\"sub\":\"s1\",\"client_id\":\"c1\"}}"));
        values.add(client);
        values.add(one("https://crm.example/mcp", "https://billing.example/mcp", null));
        return values;
    }

    /** Filters of every kind, alone and together; times are within days and at their ends. */
    private List<String> filters() {
        long midnight = now - now % Duration.ofDays(1).toMillis();
        return List.of(
                "",
                "&subject=user-1",
                "&subject=" + encode("earlier name") + "&client=c2",
                "&resource=" + encode("https://crm.example/mcp"),
                "&outcome=would-deny",
                "&type=refusal&reason=ok",
                "&grant=client_credentials",
                "&actor=c1",
                "&from=" + (midnight - Duration.ofDays(3).toMillis()) + "&to=" + (midnight - 1),
                "&from=" + (midnight - Duration.ofHours(70).toMillis()) + "&to="
                        + (midnight - Duration.ofHours(10).toMillis()));
    }

    /** Compares all summaries with the rows. */
    void compare() {
        Map<String, Function<JsonNode, Set<String>>> keys = Map.of(
                "subject", row -> text(row.at("/subject/id")),
                "resource", row -> text(row.path("resource")),
                "actor", CountedRows::acting,
                "flow", row -> row.has("subject") ? Set.of(flow(row)) : Set.of());
        for (String filter : filters()) {
            boolean tokens = Stream.of("&type=", "&outcome=", "&reason=").noneMatch(filter::contains);
            List<JsonNode> rows = realm.rows("?max=1000" + (tokens ? "&type=token" : "") + filter);
            keys.forEach((by, key) ->
                    assertThat(said(by, filter)).as(by + filter).isEqualTo(counted(rows, key, by.equals("flow"))));
        }
    }

    private Map<String, String> said(String by, String filter) {
        Map<String, String> said = new TreeMap<>();
        int before = Integer.MAX_VALUE;
        for (JsonNode line : realm.ask("delegations/summary?max=1000&by=" + by + filter)
                .expect(200)
                .json()) {
            int count = line.get("count").asInt();
            assertThat(count).isLessThanOrEqualTo(before);
            before = count;
            said.put(
                    by.equals("flow") ? flow(line) : line.get("key").asText(),
                    count + " " + line.path("first").asText() + " "
                            + line.get("last").asText());
        }
        return said;
    }

    /** The newest row is the first. */
    private static Map<String, String> counted(
            List<JsonNode> rows, Function<JsonNode, Set<String>> keys, boolean withoutFirst) {
        Map<String, List<String>> times = new TreeMap<>();
        rows.forEach(row -> keys.apply(row).forEach(key -> times.computeIfAbsent(key, each -> new ArrayList<>())
                .add(row.get("time").asText())));
        Map<String, String> counted = new TreeMap<>();
        times.forEach((key, all) ->
                counted.put(key, all.size() + " " + (withoutFirst ? "" : all.get(all.size() - 1)) + " " + all.get(0)));
        return counted;
    }

    private static Set<String> text(JsonNode value) {
        return value.isMissingNode() ? Set.of() : Set.of(value.asText());
    }

    private static String flow(JsonNode row) {
        return Stream.of("/subject/id", "/actors", "/client_id", "/resource")
                .map(member -> row.at(member).toString())
                .toList()
                .toString();
    }

    /** Rows without a client name nobody who asked, so nobody who acts so is counted. */
    private static Set<String> acting(JsonNode row) {
        Set<String> acting = new LinkedHashSet<>();
        if (!row.has("client_id")) {
            return acting;
        }
        row.path("actors").forEach(actor -> acting.add(actor.asText()));
        String client = row.get("client_id").asText();
        boolean asItself = row.get("type").asText().equals("token")
                && row.at("/subject/client_id").asText().equals(client);
        if (asItself || row.get("type").asText().equals("refusal")) {
            acting.add(client);
        }
        return acting;
    }
}
