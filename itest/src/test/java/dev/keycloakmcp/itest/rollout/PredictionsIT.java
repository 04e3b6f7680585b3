package dev.keycloakmcp.itest.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.KeycloakServer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.keycloak.representations.idm.EventRepresentation;

/**
 * Generated clients and requests: the refusal that report mode and explain predict is the one that enforcement brings, the
 * loss that they predict is the one that it brings, and there is no third case. Where Keycloak itself refuses a request
 * in report mode, there is no token that could lose anything.
 */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PredictionsIT {

    private static final int REQUESTS = Integer.getInteger("predictions.generated", 60);
    private static final long SEED = Long.getLong("predictions.seed", new Random().nextLong());
    private static final int PER_CLIENT = 6;
    private static final int MOST_CLIENTS = 100;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** @param explained absent for requests that explain has no grant for */
    private record Prediction(
            GeneratedRequest request, Answers before, Map<String, String> said, Optional<JsonNode> explained) {}

    private RolloutRealm realm;

    @BeforeAll
    void create(KeycloakServer keycloak) {
        realm = RolloutRealm.of(keycloak, "report");
    }

    @AfterAll
    void remove() {
        realm.close();
    }

    @Test
    void what_is_predicted_comes_and_nothing_else() {
        Random random = new Random(SEED);
        int clients = Math.min(MOST_CLIENTS, REQUESTS / PER_CLIENT);
        for (int client = 0; client < clients; client++) {
            realm.add(GeneratedRequest.client(random, name(client), isMachine(client)));
        }
        List<Prediction> predictions = new ArrayList<>();
        int refusedToday = 0;
        for (int made = 0; made < REQUESTS; made++) {
            int client = random.nextInt(clients);
            GeneratedRequest request = GeneratedRequest.of(random, realm, name(client), isMachine(client));
            Reply reply = request.send(realm);
            if (reply.status() == 200) {
                predictions.add(new Prediction(
                        request,
                        answers(request, reply),
                        lastEvent(request.client()),
                        request.canBeExplained()
                                ? Optional.of(realm.explain(request.toExplain())
                                        .expect(200)
                                        .json())
                                : Optional.empty()));
            } else {
                refusedToday++;
                checkToday(request, reply);
            }
        }
        realm.enforcement("enforce");
        // A sign-in is also a yes to a server, which later refreshes and exchanges of the same person go by.
        predictions.stream()
                .sorted(Comparator.comparing(prediction -> prediction.request().signsIn()))
                .forEach(this::check);
        assertThat(predictions)
                .as("seed %d, refused today %d", SEED, refusedToday)
                .hasSizeGreaterThan(REQUESTS / 3);
        assertThat(predictions)
                .as("seed %d", SEED)
                .extracting(prediction -> prediction.said().getOrDefault("mcp_decision", ""))
                .contains("would-deny", "would-narrow");
    }

    /** What Keycloak refuses anyway, explain does not promise. */
    private void checkToday(GeneratedRequest request, Reply reply) {
        if (!request.canBeExplained()) {
            return;
        }
        String of = "seed " + SEED + ", " + request + ", got " + reply;
        Map<String, Object> asConfigured = request.toExplain();
        asConfigured.put("enforcement", "configured");
        JsonNode explained = realm.explain(asConfigured).expect(200).json();
        assertThat(explained.path("decision").asText()).as(of).isEqualTo("deny");
        if (!RolloutRealm.PAGE.equals(reply.error())) {
            assertThat(explained.path("error").asText()).as(of).isEqualTo(reply.error());
        }
    }

    private Answers answers(GeneratedRequest request, Reply reply) {
        try {
            return Answers.of(realm.oauth(), reply);
        } catch (IllegalStateException e) {
            throw new IllegalStateException("seed " + SEED + ", " + request + ", " + reply, e);
        }
    }

    private void check(Prediction prediction) {
        String of = "seed " + SEED + ", " + prediction.request() + ", said " + prediction.said();
        Reply reply = prediction.request().send(realm);
        boolean denied = "would-deny".equals(prediction.said().get("mcp_decision"));
        assertThat(reply.status() != 200).as("%s, got %s", of, reply).isEqualTo(denied);
        if (denied) {
            assertThat(lastEvent(prediction.request().client()))
                    .as(of)
                    .containsEntry("mcp_reason", prediction.said().get("mcp_reason"));
            prediction.explained().ifPresent(explained -> {
                assertThat(explained.path("decision").asText()).as(of).isEqualTo("deny");
                assertThat(explained.path("error").asText()).as(of).isEqualTo(reply.error());
            });
            return;
        }
        ObjectNode lost = prediction.before().lostIn(Answers.of(realm.oauth(), reply));
        JsonNode predicted = json(prediction.said().getOrDefault("mcp_would_lose", "{}"));
        assertThat(predicted).as(of).isEqualTo(lost);
        prediction.explained().ifPresent(explained -> {
            assertThat(explained.path("decision").asText()).as(of).isEqualTo("allow");
            assertThat(Answers.withoutEmpty(explained.get("loses"))).as(of).isEqualTo(lost);
        });
    }

    private Map<String, String> lastEvent(String client) {
        List<EventRepresentation> latest = realm.admin().getEvents(null, client, null, null, null, null, 0, 2);
        // Two of the same moment have no order; one of a sign-in is beside that of its consent.
        return latest.stream()
                .filter(event -> event.getTime() == latest.get(0).getTime())
                .map(event -> Objects.requireNonNullElse(event.getDetails(), Map.<String, String>of()))
                .max(Comparator.comparing(details -> details.containsKey("mcp_decision")))
                .orElseThrow();
    }

    private static boolean isMachine(int client) {
        return client % 2 == 0;
    }

    private static String name(int client) {
        return "client-" + client;
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(text, e);
        }
    }
}
