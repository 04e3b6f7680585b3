package dev.keycloakmcp.itest.resource;

import static dev.keycloakmcp.itest.resource.Mesh.CRM;
import static dev.keycloakmcp.itest.resource.Mesh.TICKETS;
import static dev.keycloakmcp.itest.resource.Mesh.authorization;
import static dev.keycloakmcp.itest.resource.Mesh.secret;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.ServerOptions;
import dev.keycloakmcp.itest.server.TestRealm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.RealmEventsConfigRepresentation;

/**
 * Compares with stock Keycloak in the same run: how long the same requests take, as ratios. All servers are up all the
 * time and take turns, round by round, so that whatever else the machine does hits all. Not part of the build;
 * docs/contribute/testing.md says how to run it.
 */
class TokenBenchmark {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final int ROUNDS = Integer.getInteger("benchmark.rounds", 25);
    private static final int WARM_UP_ROUNDS = 8;
    private static final int REQUESTS = Integer.getInteger("benchmark.requests", 50);

    /** One of the things compared: a server and a realm in it. */
    private record Side(
            String name, KeycloakServer server, Supplier<Reply> signIn, Map<String, Operation> operations) {}

    /** What a round cost: how long it took, and the processor time of the server, in milliseconds. */
    private record Cost(double elapsed, double processor) {}

    /** One request, made with the tokens of a sign-in. */
    @FunctionalInterface
    private interface Operation {
        Reply run(Reply signedIn);
    }

    @Test
    void token_requests_beside_stock_keycloak() {
        // A server for each side: one that answers for two sides would be warmed up twice as well.
        try (KeycloakServer stock = KeycloakServer.startProcess(node(false));
                KeycloakServer busy = KeycloakServer.startProcess(node(false));
                KeycloakServer idle = KeycloakServer.startProcess(node(true));
                KeycloakServer governing = KeycloakServer.startProcess(node(true));
                KeycloakServer auditing = KeycloakServer.startProcess(node(true))) {
            List<Side> sides = List.of(
                    side("stock", stock, mesh -> mesh),
                    side("stock, one of its policies", busy, TokenBenchmark::policyOfStock),
                    side("no policies", idle, mesh -> mesh),
                    side("policies", governing, TokenBenchmark::policies),
                    side("policies and audit", auditing, mesh -> audit(policies(mesh))));
            System.out.println("| request | measure | "
                    + String.join(" | ", sides.stream().map(Side::name).toList())
                    + " |\n|---|---|---|---|---|---|");
            sides.get(0).operations().keySet().forEach(operation -> System.out.print(rows(operation, sides)));
        }
    }

    private static ServerOptions node(boolean withExtension) {
        return ServerOptions.builder()
                .withExtension(withExtension)
                .jvmOptions("-XX:TieredStopAtLevel=4")
                .build();
    }

    /** What Keycloak needs to look at policies at all: this executor only acts when clients are saved. */
    private static Mesh policyOfStock(Mesh mesh) {
        return mesh.policies(Map.of("any-client", Map.of()), Map.of("full-scope-disabled", Map.of()));
    }

    private static Mesh policies(Mesh mesh) {
        Map<String, Map<String, Object>> executors = new LinkedHashMap<>();
        executors.put("mcp-resource-indicator", Map.of());
        executors.put("mcp-client-credentials", Map.of());
        executors.put("mcp-delegation", Map.of());
        return mesh.policies(executors);
    }

    private static Mesh audit(Mesh mesh) {
        RealmEventsConfigRepresentation events = mesh.admin().getRealmEventsConfig();
        events.setEventsListeners(Stream.concat(events.getEventsListeners().stream(), Stream.of("mcp-audit"))
                .toList());
        mesh.admin().updateRealmEventsConfig(events);
        return mesh;
    }

    private static Side side(String name, KeycloakServer server, Function<Mesh, Mesh> configuration) {
        Mesh mesh = configuration.apply(Mesh.in(TestRealm.create(server, "benchmark")));
        // So that stock Keycloak does the same work: it wants the server's client id in the audience.
        mesh.mapper(
                "app", "oidc-audience-mapper", Map.of("included.client.audience", "crm", "access.token.claim", "true"));
        OAuthClient oauth = mesh.oauth();
        Form request = authorization("app", "crm:read").with("resource", CRM);
        Browser browser = new Browser();
        Supplier<Reply> signIn = () -> oauth.code(
                ClientAuth.none("app"), oauth.authorize(request, browser).as("alice", "alice"), Form.empty());
        Map<String, Operation> operations = new LinkedHashMap<>();
        operations.put(
                "client credentials",
                tokens -> oauth.clientCredentials(
                        secret("agent"), Form.of("scope", "crm:read").with("resource", CRM)));
        operations.put("authorization code (signed in already)", tokens -> signIn.get());
        operations.put("refresh", tokens -> oauth.refresh(ClientAuth.none("app"), tokens.refreshToken(), Form.empty()));
        operations.put(
                "token exchange",
                tokens -> oauth.exchange(
                        secret("crm"),
                        tokens.accessToken(),
                        Form.of("resource", TICKETS).with("scope", "tickets:read")));
        operations.put("introspection", tokens -> oauth.introspect(secret("crm"), tokens.accessToken()));
        return new Side(name, server, signIn, operations);
    }

    /**
     * Stock Keycloak's cost of a request, and that of the others as multiples of it: of the time, the median of all
     * turns with quartiles; of the processor time, which other load disturbs less, the sum.
     */
    private static String rows(String operation, List<Side> sides) {
        Cost[][] costs = new Cost[sides.size()][ROUNDS];
        for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
            for (int turn = 0; turn < sides.size(); turn++) {
                // Whoever is first in a round is another each time.
                int side = Math.floorMod(turn + round, sides.size());
                Cost cost = round(sides.get(side), operation);
                if (round >= 0) {
                    costs[side][round] = cost;
                }
            }
        }
        double[] stock = Arrays.stream(costs[0]).mapToDouble(Cost::elapsed).toArray();
        StringBuilder time = new StringBuilder("| %s | time | %.2f ms".formatted(operation, quantile(stock, 0.5)));
        StringBuilder processor =
                new StringBuilder("| %s | processor | %.2f ms".formatted(operation, processor(costs[0]) / ROUNDS));
        for (Cost[] side : List.of(costs).subList(1, costs.length)) {
            double[] ratios = new double[ROUNDS];
            Arrays.setAll(ratios, round -> side[round].elapsed() / stock[round]);
            time.append(" | %.2f (%.2f to %.2f)"
                    .formatted(quantile(ratios, 0.5), quantile(ratios, 0.25), quantile(ratios, 0.75)));
            processor.append(" | %.2f".formatted(processor(side) / processor(costs[0])));
        }
        return time.append(" |\n").append(processor).append(" |\n").toString();
    }

    private static double processor(Cost[] costs) {
        return Arrays.stream(costs).mapToDouble(Cost::processor).sum();
    }

    private static Cost round(Side side, String name) {
        Operation operation = side.operations().get(name);
        Reply signedIn = side.signIn().get().expect(200);
        double processor = processor(side.server());
        long start = System.nanoTime();
        for (int i = 0; i < REQUESTS; i++) {
            assertThat(operation.run(signedIn).status()).isEqualTo(200);
        }
        double elapsed = (System.nanoTime() - start) / 1e6;
        return new Cost(elapsed / REQUESTS, (processor(side.server()) - processor) / REQUESTS);
    }

    /** The processor time that a server used so far, in milliseconds. */
    private static double processor(KeycloakServer server) {
        HttpRequest metrics = HttpRequest.newBuilder(URI.create(server.managementUri() + "/metrics"))
                .build();
        try {
            return HTTP.send(metrics, HttpResponse.BodyHandlers.ofLines())
                            .body()
                            .filter(line -> line.startsWith("process_cpu_time_ns_total "))
                            .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                            .sum()
                    / 1e6;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static double quantile(double[] values, double which) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.round(which * (sorted.length - 1))];
    }
}
