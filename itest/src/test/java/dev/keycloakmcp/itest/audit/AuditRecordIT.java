package dev.keycloakmcp.itest.audit;

import static dev.keycloakmcp.itest.audit.AuditRealm.as;
import static dev.keycloakmcp.itest.audit.AuditRealm.encode;
import static dev.keycloakmcp.itest.audit.AuditRealm.target;
import static dev.keycloakmcp.itest.audit.AuditRealm.uri;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.KeycloakServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Thousands of random requests by parallel clients, each of which keeps its own record of what it did: the audit trail
 * says the same, by every filter.
 */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditRecordIT {

    private static final int OPERATIONS = Integer.getInteger("audit.operations", 5000);
    private static final long SEED = Long.getLong("audit.seed", 20260728L);
    private static final int PARTIES = 8;
    private static final int PHASES = 4;
    /** Of each party, so that all together are no fewer than asked for. */
    private static final int PER_PHASE = (OPERATIONS + PARTIES * PHASES - 1) / (PARTIES * PHASES);

    private static final int DEEPEST = 4;
    private static final String EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
    private static final List<String> FIELDS = List.of(
            "subject", "actor", "client", "resource", "scope", "jti", "session", "outcome", "type", "reason", "grant");
    private static final int MOST_VALUES = 12;
    private static final ObjectMapper JSON = new ObjectMapper();

    private AuditRealm mesh;

    /** What a row has to say. */
    private record Expected(
            String type,
            String outcome,
            String reason,
            String grant,
            String subject,
            List<String> actors,
            String client,
            String resource,
            String scope,
            String jti,
            String parent,
            String session,
            String error,
            int phase) {

        List<String> values(String field) {
            return switch (field) {
                case "subject" -> some(subject);
                case "actor" -> acting();
                case "client" -> some(client);
                case "resource" -> some(resource);
                case "scope" -> some(scope);
                case "jti" -> some(jti);
                case "session" -> some(session);
                case "outcome" -> some(outcome);
                case "type" -> some(type);
                case "reason" -> some(reason);
                case "grant" -> some(grant);
                default -> throw new IllegalArgumentException(field);
            };
        }

        /** Those of the chain, and who asked: for itself, or for what it did not get. */
        List<String> acting() {
            boolean asItself = type.equals("token") && subject.equals("service-account-" + client);
            return Stream.concat(
                            actors.stream(), asItself || type.equals("refusal") ? Stream.of(client) : Stream.empty())
                    .distinct()
                    .toList();
        }

        private static List<String> some(String value) {
            return value.isEmpty() ? List.of() : List.of(value);
        }

        String text() {
            return String.join(
                    "|",
                    type,
                    outcome,
                    reason,
                    grant,
                    subject,
                    actors.toString(),
                    client,
                    resource,
                    scope,
                    jti,
                    parent,
                    session,
                    error);
        }
    }

    private static String text(JsonNode row) {
        return new Expected(
                        row.path("type").asText(),
                        row.path("outcome").asText(),
                        row.path("reason").asText(),
                        row.path("grant").asText(),
                        row.at("/subject/username").asText(),
                        row.path("actors").valueStream().map(JsonNode::asText).toList(),
                        row.path("client_id").asText(),
                        row.path("resource").asText(),
                        row.path("scope").asText(),
                        row.path("jti").asText(),
                        row.path("parent_jti").asText(),
                        row.path("session").asText(),
                        row.path("error").asText(),
                        0)
                .text();
    }

    /** A token that a party holds, and what it knows about it. */
    private record Held(String token, String user, String server, List<String> chain, String refresh) {
        String claim(String name) {
            return Jwt.decode(token).text(name);
        }
    }

    /** One client of many, with a record of its own. */
    private final class Party {
        private final Random random;
        private final String user;
        private final int number;
        private final List<Expected> record = new ArrayList<>();
        private final List<Held> signIns = new ArrayList<>();
        private final List<Held> tokens = new ArrayList<>();
        private int registered;

        Party(int number) {
            this.number = number;
            this.random = new Random(SEED + number);
            this.user = "user" + number;
        }

        void run(int phase, int operations) {
            for (int i = 0; i < operations; i++) {
                int dice = random.nextInt(1000);
                if (dice < 15 || signIns.isEmpty()) {
                    signIn(phase);
                } else if (dice < 100) {
                    register(phase, true);
                } else if (dice < 130) {
                    register(phase, false);
                } else if (dice < 400) {
                    refresh(phase);
                } else if (dice < 470) {
                    refreshElsewhere(phase);
                } else if (dice < 780) {
                    exchange(phase);
                } else if (dice < 920) {
                    machine(phase);
                } else if (dice < 980) {
                    machineNowhere(phase);
                } else {
                    authorizeNowhere(phase);
                }
            }
        }

        private String server() {
            return AuditRealm.SERVERS.get(random.nextInt(AuditRealm.SERVERS.size()));
        }

        private void signIn(int phase) {
            String server = server();
            Reply reply = mesh.signIn(user, server).expect(200);
            Held held = new Held(reply.accessToken(), user, server, List.of("desk"), reply.refreshToken());
            signIns.add(held);
            tokens.add(held);
            record.add(token("authorization_code", held, "desk", "", phase));
        }

        private void refresh(int phase) {
            int index = random.nextInt(signIns.size());
            Held used = signIns.get(index);
            Reply reply = mesh.oauth()
                    .refresh(as("desk"), used.refresh(), Form.empty())
                    .expect(200);
            Held held = new Held(reply.accessToken(), user, used.server(), used.chain(), reply.refreshToken());
            record.add(token("refresh_token", held, "desk", used.claim("jti"), phase));
            signIns.set(index, held);
            tokens.add(held);
        }

        private void refreshElsewhere(int phase) {
            Held used = signIns.get(random.nextInt(signIns.size()));
            String elsewhere = AuditRealm.SERVERS.stream()
                    .filter(name -> !name.equals(used.server()))
                    .skip(random.nextInt(AuditRealm.SERVERS.size() - 1))
                    .findFirst()
                    .orElseThrow();
            assertThat(mesh.oauth()
                            .refresh(as("desk"), used.refresh(), Form.of("resource", uri(elsewhere)))
                            .error())
                    .isEqualTo("invalid_target");
            record.add(new Expected(
                    "refusal",
                    "deny",
                    "resource_mismatch",
                    "refresh_token",
                    "",
                    List.of(),
                    "desk",
                    uri(elsewhere),
                    used.server() + ":use",
                    "",
                    "",
                    used.claim("sid"),
                    "invalid_target",
                    phase));
        }

        private void exchange(int phase) {
            Held subject = tokens.get(random.nextInt(tokens.size()));
            String actor = subject.server();
            String to = server();
            List<String> chain =
                    Stream.concat(Stream.of(actor), subject.chain().stream()).toList();
            String reason = subject.chain().contains(actor)
                    ? "actor_repeated"
                    : chain.size() > DEEPEST ? "chain_too_deep" : "ok";
            Reply reply = mesh.exchange(actor, subject.token(), to);
            if (reason.equals("ok")) {
                Held held = new Held(reply.expect(200).accessToken(), user, to, chain, "");
                tokens.add(held);
                record.add(token(EXCHANGE, held, actor, subject.claim("jti"), phase));
            } else {
                assertThat(reply.error()).isEqualTo("invalid_request");
                record.add(new Expected(
                        "refusal",
                        "deny",
                        reason,
                        EXCHANGE,
                        user,
                        reason.equals("actor_repeated") ? subject.chain() : chain,
                        actor,
                        uri(to),
                        to + ":use",
                        "",
                        subject.claim("jti"),
                        subject.claim("sid"),
                        "invalid_request",
                        phase));
            }
        }

        private void machine(int phase) {
            String agent = server();
            String to = server();
            Held held = new Held(
                    mesh.machine(agent, target(to)).expect(200).accessToken(),
                    "service-account-" + agent,
                    to,
                    List.of(),
                    "");
            record.add(token("client_credentials", held, agent, "", phase));
        }

        private void machineNowhere(int phase) {
            String agent = server();
            String nowhere = "https://nowhere-" + random.nextInt(3) + ".example/mcp";
            assertThat(mesh.machine(agent, Form.of("resource", nowhere).with("scope", "crm:use"))
                            .error())
                    .isEqualTo("invalid_target");
            record.add(new Expected(
                    "refusal",
                    "deny",
                    "resource_unknown",
                    "client_credentials",
                    "service-account-" + agent,
                    List.of(),
                    agent,
                    nowhere,
                    "crm:use",
                    "",
                    "",
                    "",
                    "invalid_target",
                    phase));
        }

        private void authorizeNowhere(int phase) {
            String nowhere = "https://nowhere-" + random.nextInt(3) + ".example/mcp";
            mesh.oauth()
                    .authorize(Form.of("client_id", "desk")
                            .with("redirect_uri", AuditRealm.REDIRECT)
                            .with("scope", "crm:use")
                            .with("resource", nowhere));
            record.add(new Expected(
                    "refusal",
                    "deny",
                    "resource_unknown",
                    "authorization_code",
                    "",
                    List.of(),
                    "desk",
                    nowhere,
                    "crm:use",
                    "",
                    "",
                    "",
                    "invalid_target",
                    phase));
        }

        private void register(int phase, boolean well) {
            Map<String, Object> metadata = new HashMap<>();
            metadata.put("client_name", "Client " + number + "." + registered++);
            metadata.put("token_endpoint_auth_method", "none");
            metadata.put("redirect_uris", List.of(well ? "http://127.0.0.1/callback" : "https://evil.example/"));
            Reply reply = mesh.oauth().register("mcp", metadata).expect(well ? 201 : 400);
            record.add(new Expected(
                    "registration",
                    well ? "allow" : "deny",
                    well ? "ok" : "redirect_host_not_allowed",
                    "",
                    "",
                    List.of(),
                    well ? reply.get("client_id") : "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    well ? "" : "invalid_redirect_uri",
                    phase));
        }

        private Expected token(String grant, Held held, String client, String parent, int phase) {
            return new Expected(
                    "token",
                    "allow",
                    "ok",
                    grant,
                    held.user(),
                    held.chain(),
                    client,
                    uri(held.server()),
                    held.server() + ":use",
                    held.claim("jti"),
                    parent,
                    held.claim("sid"),
                    "",
                    phase);
        }
    }

    @BeforeAll
    void create(KeycloakServer server) {
        mesh = AuditRealm.create(
                server, IntStream.range(0, PARTIES).mapToObj(i -> "user" + i).toList());
    }

    @AfterAll
    void remove() {
        mesh.close();
    }

    @Test
    void the_trail_says_what_happened_by_every_filter() throws InterruptedException, ExecutionException {
        System.out.printf("[audit] %d operations, seed %d%n", OPERATIONS, SEED);
        List<Party> parties = IntStream.range(0, PARTIES).mapToObj(Party::new).toList();
        List<Long> starts = new ArrayList<>();
        long began = System.nanoTime();
        try (Closing pool = new Closing(Executors.newFixedThreadPool(PARTIES))) {
            for (int phase = 0; phase < PHASES; phase++) {
                starts.add(quiet());
                int now = phase;
                List<Future<?>> running = new ArrayList<>();
                for (Party party : parties) {
                    running.add(pool.executor().submit(() -> party.run(now, PER_PHASE)));
                }
                for (Future<?> each : running) {
                    each.get();
                }
            }
        }
        List<Expected> record =
                parties.stream().flatMap(party -> party.record.stream()).toList();
        long worked = System.nanoTime();
        assertThat(record).hasSize(PER_PHASE * PARTIES * PHASES).hasSizeGreaterThanOrEqualTo(OPERATIONS);

        compare("", record, each -> true);
        int filters = 1;
        for (String field : FIELDS) {
            for (String value : values(record, field)) {
                compare("?" + field + "=" + encode(value), record, each -> each.values(field)
                        .contains(value));
                filters++;
            }
        }
        for (Party party : parties) {
            compare("?subject=" + mesh.userId(party.user), record, each -> each.subject()
                    .equals(party.user));
            filters++;
        }
        for (int phase = 0; phase < PHASES; phase++) {
            int now = phase;
            String to = phase + 1 < PHASES ? "&to=" + (starts.get(phase + 1) - 1) : "";
            compare("?from=" + starts.get(phase) + to, record, each -> each.phase() == now);
            compare(
                    "?actor=gateway&outcome=deny&scope=crm:use&from=" + starts.get(phase) + to,
                    record,
                    each -> each.phase() == now
                            && each.acting().contains("gateway")
                            && each.outcome().equals("deny")
                            && each.scope().equals("crm:use"));
            filters += 2;
        }
        Random random = new Random(SEED);
        for (int i = 0; i < 40; i++) {
            Expected like = record.get(random.nextInt(record.size()));
            List<String> fields = new ArrayList<>(FIELDS);
            fields.removeIf(field -> like.values(field).isEmpty());
            Collections.shuffle(fields, random);
            Map<String, String> asked = new TreeMap<>();
            fields.stream()
                    .limit(3)
                    .forEach(field -> asked.put(field, like.values(field).get(0)));
            String query = asked.entrySet().stream()
                    .map(each -> each.getKey() + "=" + encode(each.getValue()))
                    .collect(Collectors.joining("&", "?", ""));
            compare(query, record, each -> asked.entrySet().stream()
                    .allMatch(field -> each.values(field.getKey()).contains(field.getValue())));
            filters++;
        }
        summaries(record);
        flows(record);
        chains(record);
        everythingIsExported(record);
        System.out.printf(
                "[audit] %d requests in %d s, %d filters in %d s%n",
                record.size(), (worked - began) / 1_000_000_000, filters, (System.nanoTime() - worked) / 1_000_000_000);
    }

    private void compare(String query, List<Expected> record, Predicate<Expected> filter) {
        Map<String, Long> said = counted(rows(query).stream().map(AuditRecordIT::text));
        Map<String, Long> happened = counted(record.stream().filter(filter).map(Expected::text));
        Map<String, Long> unsaid = new TreeMap<>(happened);
        said.forEach((text, number) -> unsaid.merge(text, -number, Long::sum));
        unsaid.values().removeIf(number -> number == 0);
        assertThat(unsaid.entrySet().stream().limit(20))
                .as("rows %s lacks (or has too many of)", query)
                .isEmpty();
    }

    private void summaries(List<Expected> record) {
        Map<String, String> keys = Map.of("actor", "key", "resource", "key", "subject", "name");
        keys.forEach((by, key) -> assertThat(summary(by, each -> each.get(key).asText()))
                .as(by)
                .isEqualTo(record.stream()
                        .filter(each -> each.type().equals("token"))
                        .flatMap(each -> each.values(by).stream())
                        .collect(Collectors.groupingBy(value -> value, Collectors.counting()))));
    }

    private void flows(List<Expected> record) {
        assertThat(summary("flow", AuditRecordIT::flow))
                .isEqualTo(record.stream()
                        .filter(each -> each.type().equals("token"))
                        .collect(Collectors.groupingBy(
                                each -> String.join(
                                        "|", each.subject(), each.actors().toString(), each.client(), each.resource()),
                                Collectors.counting())));
    }

    private static String flow(JsonNode counted) {
        return String.join(
                "|",
                counted.at("/subject/username").asText(),
                counted.path("actors")
                        .valueStream()
                        .map(JsonNode::asText)
                        .toList()
                        .toString(),
                counted.path("client_id").asText(),
                counted.path("resource").asText());
    }

    private Map<String, Long> summary(String by, Function<JsonNode, String> key) {
        return mesh.ask("delegations/summary?max=1000&by=" + by)
                .expect(200)
                .json()
                .valueStream()
                .collect(Collectors.toMap(key, each -> each.get("count").asLong()));
    }

    /** From some tokens back to the sign-in, as those who made them know it. */
    private void chains(List<Expected> record) {
        Map<String, String> parents = record.stream()
                .filter(each -> each.type().equals("token"))
                .collect(Collectors.toMap(Expected::jti, Expected::parent));
        List<String> deepest = parents.keySet().stream()
                .sorted(Comparator.comparing((String jti) -> -back(parents, jti).size())
                        .thenComparing(Comparator.naturalOrder()))
                .limit(10)
                .toList();
        for (String jti : deepest) {
            List<String> said = mesh.ask("delegations/" + encode(jti) + "/chain?max=1000")
                    .expect(200)
                    .json()
                    .findValuesAsText("jti");
            assertThat(said).startsWith(back(parents, jti).toArray(String[]::new));
        }
    }

    private static List<String> back(Map<String, String> parents, String jti) {
        LinkedList<String> chain = new LinkedList<>();
        for (String each = jti; !each.isEmpty(); each = parents.get(each)) {
            chain.addFirst(each);
        }
        return chain;
    }

    private void everythingIsExported(List<Expected> record) {
        Map<String, Long> exported = counted(mesh.ask("delegations/export?format=jsonl")
                .expect(200)
                .body()
                .lines()
                .map(AuditRecordIT::parse)
                .map(AuditRecordIT::text));
        assertThat(exported).isEqualTo(counted(record.stream().map(Expected::text)));
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new AssertionError("The export has a line that is no JSON", e);
        }
    }

    private static Map<String, Long> counted(Stream<String> texts) {
        return texts.collect(Collectors.groupingBy(text -> text, Collectors.counting()));
    }

    /** The values of a field: those of few all, of many some. */
    private static List<String> values(List<Expected> record, String field) {
        List<String> values = new ArrayList<>(record.stream()
                .flatMap(each -> each.values(field).stream())
                .collect(Collectors.toCollection(TreeSet::new)));
        Collections.shuffle(values, new Random(SEED));
        return values.stream().limit(MOST_VALUES).toList();
    }

    private List<JsonNode> rows(String query) {
        return mesh.rows(query.isEmpty() ? "?max=1000" : query + "&max=1000");
    }

    /** A time that nothing happens at. */
    private static long quiet() {
        long now = System.currentTimeMillis() + 1;
        while (System.currentTimeMillis() <= now) {
            Thread.onSpinWait();
        }
        return now;
    }

    private record Closing(ExecutorService executor) implements AutoCloseable {
        @Override
        public void close() {
            executor.shutdownNow();
        }
    }
}
