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
import java.util.ArrayList;
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
 * docs/testing.md says how to run it.
 */
class TokenBenchmark {

    private static final int ROUNDS = Integer.getInteger("benchmark.rounds", 25);
    private static final int WARM_UP_ROUNDS = 8;
    private static final int REQUESTS = Integer.getInteger("benchmark.requests", 50);

    /** One of the things compared: a server and a realm in it. */
    private record Side(String name, Supplier<Reply> signIn, Map<String, Operation> operations) {}

    /** One request, made with the tokens of a sign-in. */
    @FunctionalInterface
    private interface Operation {
        Reply run(Reply signedIn);
    }

    @Test
    void token_requests_beside_stock_keycloak() {
        // A server for each side: one that answers for two sides would be warmed up twice as well.
        try (KeycloakServer stock = KeycloakServer.startProcess(node(false));
                KeycloakServer idle = KeycloakServer.startProcess(node(true));
                KeycloakServer governing = KeycloakServer.startProcess(node(true));
                KeycloakServer auditing = KeycloakServer.startProcess(node(true))) {
            List<Side> sides = List.of(
                    side("stock", stock, mesh -> mesh),
                    side("no policies", idle, mesh -> mesh),
                    side("policies", governing, TokenBenchmark::policies),
                    side("policies and audit", auditing, mesh -> audit(policies(mesh))));
            System.out.println("| request | "
                    + String.join(" | ", sides.stream().map(Side::name).toList())
                    + " |\n|---|---|---|---|---|");
            sides.get(0).operations().keySet().forEach(operation -> System.out.println(row(operation, sides)));
        }
    }

    private static ServerOptions node(boolean withExtension) {
        return ServerOptions.builder()
                .withExtension(withExtension)
                .jvmOptions("-XX:TieredStopAtLevel=4")
                .build();
    }

    private static Mesh policies(Mesh mesh) {
        Map<String, Map<String, Object>> executors = new LinkedHashMap<>();
        executors.put("mcp-resource-indicator", Map.of());
        executors.put("mcp-client-credentials", Map.of());
        executors.put("mcp-delegation", Map.of());
        return mesh.policies(executors);
    }

    private static Mesh audit(Mesh mesh) {
        RealmEventsConfigRepresentation events = mesh.realm().admin().getRealmEventsConfig();
        events.setEventsListeners(Stream.concat(events.getEventsListeners().stream(), Stream.of("mcp-audit"))
                .toList());
        mesh.realm().admin().updateRealmEventsConfig(events);
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
        return new Side(name, signIn, operations);
    }

    /** How long a round takes as a multiple of stock Keycloak's of the same turn, the median; with quartiles. */
    private static String row(String operation, List<Side> sides) {
        List<double[]> ratios = new ArrayList<>();
        double[] stock = new double[ROUNDS];
        sides.forEach(side -> ratios.add(new double[ROUNDS]));
        for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
            double[] millis = new double[sides.size()];
            for (int turn = 0; turn < sides.size(); turn++) {
                // Whoever is first in a round is another each time.
                int side = Math.floorMod(turn + round, sides.size());
                millis[side] = round(sides.get(side), operation);
            }
            for (int side = 0; round >= 0 && side < sides.size(); side++) {
                stock[round] = millis[0] / REQUESTS;
                ratios.get(side)[round] = millis[side] / millis[0];
            }
        }
        StringBuilder row = new StringBuilder("| %s | %.2f ms".formatted(operation, quantile(stock, 0.5)));
        ratios.stream()
                .skip(1)
                .forEach(ratio -> row.append(" | %.2f (%.2f to %.2f)"
                        .formatted(quantile(ratio, 0.5), quantile(ratio, 0.25), quantile(ratio, 0.75))));
        return row.append(" |").toString();
    }

    private static double round(Side side, String name) {
        Operation operation = side.operations().get(name);
        Reply signedIn = side.signIn().get().expect(200);
        long start = System.nanoTime();
        for (int i = 0; i < REQUESTS; i++) {
            assertThat(operation.run(signedIn).status()).isEqualTo(200);
        }
        return (System.nanoTime() - start) / 1e6;
    }

    private static double quantile(double[] values, double which) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.round(which * (sorted.length - 1))];
    }
}
