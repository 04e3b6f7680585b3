package dev.keycloakmcp.itest.audit;

import static dev.keycloakmcp.itest.audit.AuditRealm.encode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.server.KeycloakServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Measures pages over a thousand and over a million rows in PostgreSQL, and the heap of an export. Not part of the build;
 * docs/reference/audit-rows.md says how to run it.
 */
class AuditScaleMeasurement {

    private static final int FEW = 1000;
    private static final int MANY = Integer.getInteger("audit.rows", 1_000_000);
    private static final int WARM_UPS = 15;
    private static final int TIMES = 31;

    /** As if written by 200 users, 50 agents and 20 servers, a row every 2 seconds; few are refused. */
    private static final String ROWS = """
            insert into mcp_audit (id, realm_id, event_time, row_type, outcome, reason, grant_type, subject_id, username,
              actors, act, flow, client_id, resource_uri, scopes, token_id, parent_token_id, session_id, ip_address, acts)
            select substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-7000-8000-' || lpad(to_hex(n), 12, '0'), ?, t,
              case when n % 100 = 0 then 'refusal' else 'token' end,
              case when n % 100 = 0 then 'deny' when n % 997 = 0 then 'would-deny' else 'allow' end,
              case when n % 100 = 0 then 'resource_unknown' else 'ok' end,
              case when n % 3 = 0 then 'refresh_token' else 'urn:ietf:params:oauth:grant-type:token-exchange' end,
              'user-' || n % 200, 'name-' || n % 200, 'agent-' || n % 50 || E'\\n' || 'desk',
              '{"sub":"a' || n % 50 || '","client_id":"agent-' || n % 50 || '","act":{"sub":"desk","client_id":"desk"}}',
              md5(concat(n % 200, ' ', n % 50, ' ', n % 20)), 'agent-' || n % 50, 'https://server-' || n % 20 || '.example/mcp', 'server-' || n % 20 || ':use',
              'token-' || n, 'token-' || n - 1, 'session-' || n / 20, '127.0.0.1', true
            from (select n, ?::bigint - n * 2000::bigint as t, lpad(to_hex(?::bigint - n * 2000::bigint), 12, '0') as h
              from generate_series(1, ?) n) s
            """;

    private static final List<String> LISTS = List.of("""
            insert into mcp_audit_actor (row_id, realm_id, client_id, behind)
            select id, realm_id, 'desk', row_type = 'token' from mcp_audit where realm_id = ?
            """, """
            insert into mcp_audit_scope (row_id, realm_id, place, scope)
            select id, realm_id, 0, scopes from mcp_audit where realm_id = ?
            """);

    private static final Map<String, String> FILTERS = filters();

    private static Map<String, String> filters() {
        Map<String, String> filters = new LinkedHashMap<>();
        filters.put("none", "");
        filters.put("subject (id)", "&subject=user-7");
        filters.put("subject (name)", "&subject=name-7");
        filters.put("subject (nobody)", "&subject=nobody");
        filters.put("actor", "&actor=agent-7");
        filters.put("actor (in every chain)", "&actor=desk");
        filters.put("client", "&client=agent-7");
        filters.put("resource", "&resource=" + encode("https://server-7.example/mcp"));
        filters.put("scope", "&scope=server-7:use");
        filters.put("jti", "&jti=token-500");
        filters.put("session", "&session=session-20");
        filters.put("outcome (rare)", "&outcome=would-deny");
        filters.put("outcome (frequent)", "&outcome=allow");
        filters.put("type", "&type=refusal");
        filters.put("type (none such)", "&type=suspension");
        filters.put("reason", "&reason=resource_unknown");
        filters.put("grant", "&grant=refresh_token");
        filters.put(
                "actor, resource and outcome",
                "&actor=agent-7&outcome=allow&resource=" + encode("https://server-7.example/mcp"));
        filters.put("actor and scope", "&actor=desk&scope=server-7:use");
        return filters;
    }

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void pages_and_export() throws SQLException, IOException, InterruptedException {
        try (Postgres postgres = Postgres.start().orElseThrow();
                KeycloakServer server = KeycloakServer.startProcess(postgres.keycloak()
                        .jvmOptions("-XX:TieredStopAtLevel=4", "-Xmx384m")
                        .build());
                AuditRealm few = AuditRealm.create(server, List.of());
                AuditRealm many = AuditRealm.create(server, List.of())) {
            long now = System.currentTimeMillis();
            fill(postgres, few, FEW, now);
            fill(postgres, many, MANY, now - 1);
            try (Connection connection = postgres.connect()) {
                connection.createStatement().execute("vacuum analyze");
            }
            StringBuilder table = new StringBuilder(
                    "| filter | %,d rows | %,d rows | times |\n|---|---|---|---|\n".formatted(FEW, MANY));
            String day = "&from=" + (now - 40 * 2000) + "&to=" + now;
            Map<String, String> filters = new LinkedHashMap<>(FILTERS);
            filters.put("from and to", day);
            for (Map.Entry<String, String> filter : filters.entrySet()) {
                double small = median(few, filter.getValue());
                double large = median(many, filter.getValue());
                table.append(
                        "| %s | %.1f ms | %.1f ms | %.1f |%n".formatted(filter.getKey(), small, large, large / small));
            }
            for (String format : List.of("jsonl", "csv")) {
                table.append("export %s: %s; %s%n".formatted(format, export(few, format), export(many, format)));
            }
            for (String by : List.of("actor", "subject", "resource", "flow")) {
                table.append("summary by %s: %.0f ms%n".formatted(by, once(many, "delegations/summary?by=" + by)));
            }
            table.append("actors: %.0f ms%n".formatted(once(many, "actors")));
            System.out.println(table);
        }
    }

    private static void fill(Postgres postgres, AuditRealm realm, int rows, long now) throws SQLException {
        String id = realm.admin().toRepresentation().getId();
        try (Connection connection = postgres.connect();
                PreparedStatement insert = connection.prepareStatement(ROWS)) {
            insert.setString(1, id);
            insert.setLong(2, now);
            insert.setLong(3, now);
            insert.setInt(4, rows);
            insert.executeUpdate();
            for (String list : LISTS) {
                try (PreparedStatement more = connection.prepareStatement(list)) {
                    more.setString(1, id);
                    more.executeUpdate();
                }
            }
        }
    }

    private double median(AuditRealm realm, String filter) throws IOException, InterruptedException {
        String token = realm.server().adminToken();
        URI uri = realm.uriOf("delegations?max=100" + filter);
        double[] millis = new double[TIMES];
        for (int i = -WARM_UPS; i < TIMES; i++) {
            long start = System.nanoTime();
            HttpResponse<String> reply = http.send(request(uri, token), HttpResponse.BodyHandlers.ofString());
            assertThat(reply.statusCode()).isEqualTo(200);
            if (i >= 0) {
                millis[i] = (System.nanoTime() - start) / 1e6;
            }
        }
        Arrays.sort(millis);
        return millis[TIMES / 2];
    }

    private double once(AuditRealm realm, String path) throws IOException, InterruptedException {
        long start = System.nanoTime();
        HttpResponse<String> reply = http.send(
                request(realm.uriOf(path), realm.server().adminToken()), HttpResponse.BodyHandlers.ofString());
        assertThat(reply.statusCode()).isEqualTo(200);
        return (System.nanoTime() - start) / 1e6;
    }

    private static HttpRequest request(URI uri, String token) {
        return HttpRequest.newBuilder(uri)
                .header("Authorization", "Bearer " + token)
                .build();
    }

    /** Rows, time, and the largest heap after a collection that was seen meanwhile. */
    private String export(AuditRealm realm, String format) throws IOException, InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong heap = new AtomicLong();
        URI metrics = URI.create(realm.server().managementUri() + "/metrics");
        Thread watcher = new Thread(() -> {
            while (!over.get()) {
                heap.accumulateAndGet(heap(metrics), Math::max);
            }
        });
        watcher.start();
        long start = System.nanoTime();
        long lines = 0;
        HttpResponse<InputStream> reply = http.send(
                request(
                        realm.uriOf("delegations/export?format=" + format),
                        realm.server().adminToken()),
                HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = reply.body()) {
            byte[] bytes = new byte[1 << 16];
            for (int read = body.read(bytes); read >= 0; read = body.read(bytes)) {
                for (int i = 0; i < read; i++) {
                    lines += bytes[i] == '\n' ? 1 : 0;
                }
            }
        }
        long millis = (System.nanoTime() - start) / 1_000_000;
        over.set(true);
        watcher.join();
        return "%,d lines in %,d ms, heap at most %d MB".formatted(lines, millis, heap.get() >> 20);
    }

    private long heap(URI metrics) {
        try {
            return http.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofLines())
                    .body()
                    .filter(line -> line.startsWith("jvm_memory_used_bytes{area=\"heap\""))
                    .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }
}
