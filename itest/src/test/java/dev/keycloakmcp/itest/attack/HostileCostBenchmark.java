package dev.keycloakmcp.itest.attack;

import static dev.keycloakmcp.itest.attack.HostileRealm.CALLBACK;
import static dev.keycloakmcp.itest.attack.HostileRealm.CRM;

import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Registration;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.ServerOptions;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.ComponentRepresentation;

/**
 * The processor time of the costliest requests that we know, in a realm that uses all of the extension, beside its twin
 * that does not, on the same server in turn. Not part of the build; docs/contribute/testing.md says how to run it.
 */
class HostileCostBenchmark {

    private static final int ROUNDS = Integer.getInteger("benchmark.rounds", 12);
    private static final int SCOPES = 200;
    private static final int WARM_UP_ROUNDS = 4;
    private static final int REQUESTS = Integer.getInteger("benchmark.requests", 10);

    private static final OAuthClient METRICS = new OAuthClient(URI.create("http://127.0.0.1"));

    private static final String REGISTRATION_POLICIES =
            "org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy";

    @Test
    void the_costliest_requests_beside_stock_keycloak() {
        ServerOptions options =
                ServerOptions.builder().jvmOptions("-XX:TieredStopAtLevel=4").build();
        try (KeycloakServer server = KeycloakServer.startProcess(options)) {
            HostileRealm stock = HostileRealm.stock(server, SCOPES);
            openRegistration(stock);
            HostileRealm governed = HostileRealm.governed(TestRealm.create(server, "governed"), SCOPES);
            System.out.println("| request | answers | stock | ratio |\n|---|---|---|---|");
            requests().forEach((name, request) -> System.out.println(row(name, request, stock, governed)));
        }
    }

    /** So that Keycloak's own endpoint does the work. */
    private static void openRegistration(HostileRealm stock) {
        stock.admin().components().query(null, REGISTRATION_POLICIES).stream()
                .filter(policy -> policy.getSubType().equals("anonymous"))
                .map(ComponentRepresentation::getId)
                .forEach(id -> stock.admin().components().component(id).remove());
    }

    private static Map<String, Function<HostileRealm, Reply>> requests() {
        Map<String, Function<HostileRealm, Reply>> requests = new LinkedHashMap<>();
        String tooMany = words(30_000);
        String manyWords = words(700); // within Keycloak's 4000 characters
        String realScopes =
                IntStream.range(0, SCOPES).mapToObj(HostileRealm::filler).collect(Collectors.joining(" "));
        String long20k = "e".repeat(19_900);
        requests.put("refresh, scope of 30,000 words", realm -> refresh(realm, Form.of("scope", tooMany)));
        requests.put("refresh, scope of 700 words", realm -> refresh(realm, Form.of("scope", manyWords)));
        requests.put("refresh, 200 scopes of the realm", realm -> refresh(realm, Form.of("scope", realScopes)));
        requests.put(
                "refresh, 200 scopes of the realm and openid",
                realm -> refresh(realm, Form.of("scope", "openid " + realScopes)));
        requests.put(
                "refresh, resource of 100,000 characters",
                realm -> refresh(realm, Form.of("resource", CRM + "a".repeat(100_000))));
        requests.put("machine token, 700 words", realm -> machine(realm, Form.of("scope", manyWords)));
        requests.put("machine token, 400 resources", realm -> machine(realm, repeated("resource", CRM, 400)));
        requests.put(
                "machine token, 1500 parameters",
                realm -> machine(
                        realm,
                        new Form(IntStream.range(0, 1500)
                                .mapToObj(number -> new Form.Parameter("p" + number, "x"))
                                .toList())));
        requests.put("exchange, tokens of 20,000 characters", realm -> realm.oauth()
                .exchange(
                        realm.agent(),
                        long20k,
                        Form.of("actor_token", long20k)
                                .with("actor_token_type", "urn:ietf:params:oauth:token-type:access_token")));
        requests.put("JWT grant, assertion of 20,000 characters", realm -> realm.oauth()
                .token(
                        realm.agent(),
                        Form.of("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
                                .with("assertion", long20k)));
        requests.put("authorization, 700 words", realm -> authorize(realm, Form.of("scope", manyWords)));
        requests.put("authorization, 200 scopes of the realm", realm -> authorize(realm, Form.of("scope", realScopes)));
        requests.put("authorization, scope of 30,000 words", realm -> authorize(realm, Form.of("scope", tooMany)));
        requests.put("pushed request, 700 words", realm -> realm.oauth()
                .push(ClientAuth.none(realm.registered()), code(realm).with("scope", manyWords)));
        requests.put("device, 700 words", realm -> realm.oauth()
                .post(realm.oauth().endpoint("auth/device"), ClientAuth.none("desk"), Form.of("scope", manyWords)));
        requests.put("introspection, 20,000 characters", realm -> realm.oauth()
                .introspect(ClientAuth.basic("crm", HostileRealm.SECRET), long20k));
        requests.put("userinfo, 6000 characters", realm -> realm.oauth().userInfo("e".repeat(6000)));
        requests.put("token, body of 9 MB", realm -> machine(realm, Form.of("scope", "a".repeat(9_000_000))));
        requests.put("registration, 9000 scopes", realm -> register(realm, with("scope", words(9000))));
        requests.put(
                "registration, 20 redirect URIs",
                realm -> register(
                        realm,
                        with(
                                "redirect_uris",
                                IntStream.range(0, 20)
                                        .mapToObj(number -> CALLBACK + "/" + number + "a".repeat(200))
                                        .toList())));
        requests.put(
                "registration, 3000 grant types",
                realm -> register(realm, with("grant_types", Collections.nCopies(3000, "authorization_code"))));
        requests.put(
                "registration, 500 levels deep",
                realm -> register(realm, "{\"a\":" + "[".repeat(500) + "]".repeat(500) + "}"));
        requests.put(
                "registration, body of 9 MB", realm -> register(realm, with("client_name", "a".repeat(9_000_000))));
        return requests;
    }

    private static Map<String, Object> with(String member, Object value) {
        Map<String, Object> metadata = Registration.publicClient("Hostile", CALLBACK);
        metadata.put(member, value);
        return metadata;
    }

    private static Reply register(HostileRealm realm, Object metadata) {
        return realm.oauth().register(realm.isGoverned() ? "mcp" : "openid-connect", metadata);
    }

    private static Reply refresh(HostileRealm realm, Form form) {
        return realm.oauth().refresh(ClientAuth.none(realm.registered()), "no token", form);
    }

    private static Reply machine(HostileRealm realm, Form form) {
        return realm.oauth().clientCredentials(realm.agent(), form);
    }

    private static Form code(HostileRealm realm) {
        return Form.of("redirect_uri", CALLBACK)
                .with("response_type", "code")
                .with("code_challenge", OAuthClient.challenge("v".repeat(43)))
                .with("code_challenge_method", "S256")
                .with("resource", CRM);
    }

    private static Reply authorize(HostileRealm realm, Form form) {
        return realm.oauth()
                .post(
                        realm.oauth().endpoint("auth"),
                        ClientAuth.none(realm.registered()),
                        code(realm).and(form));
    }

    private static Form repeated(String name, String value, int times) {
        return new Form(Collections.nCopies(times, new Form.Parameter(name, value)));
    }

    private static String words(int number) {
        return IntStream.range(0, number)
                .mapToObj(word -> Integer.toString(word, Character.MAX_RADIX))
                .collect(Collectors.joining(" "));
    }

    private static String row(
            String name, Function<HostileRealm, Reply> request, HostileRealm stock, HostileRealm governed) {
        double[] costs = new double[2];
        Set<Integer> ofStock = new TreeSet<>();
        Set<Integer> answers = new TreeSet<>();
        for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
            for (int turn = 0; turn < 2; turn++) {
                int side = Math.floorMod(turn + round, 2);
                double before = processor(stock.server());
                for (int i = 0; i < REQUESTS; i++) {
                    (side == 0 ? ofStock : answers)
                            .add(request.apply(side == 0 ? stock : governed).status());
                }
                if (round >= 0) {
                    costs[side] += processor(stock.server()) - before;
                }
            }
        }
        return "| %s | %s, %s | %.2f ms | %.2f |"
                .formatted(name, text(ofStock), text(answers), costs[0] / ROUNDS / REQUESTS, costs[1] / costs[0]);
    }

    private static String text(Set<Integer> statuses) {
        return statuses.stream().map(String::valueOf).collect(Collectors.joining(" or "));
    }

    /** The processor time that the server used so far, in milliseconds. */
    private static double processor(KeycloakServer server) {
        String metrics = METRICS.send(HttpRequest.newBuilder(URI.create(server.managementUri() + "/metrics")))
                .body();
        return metrics.lines()
                        .filter(line -> line.startsWith("process_cpu_time_ns_total "))
                        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                        .sum()
                / 1e6;
    }
}
