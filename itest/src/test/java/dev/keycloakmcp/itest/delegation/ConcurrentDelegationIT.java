package dev.keycloakmcp.itest.delegation;

import static dev.keycloakmcp.itest.delegation.DelegationRealm.REDIRECT;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.as;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.chain;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.uri;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.InParallel;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.TestRealm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Two agents act for one user at once, in one session, and no token names the other. */
@KeycloakTest
class ConcurrentDelegationIT {

    private static final int EXCHANGES = Integer.getInteger("delegation.exchanges", 10_000);
    private static final int THREADS = 8;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    @Tries({"RFC8693-4.1-chain", "ASI08"})
    void two_exchanges_at_once_never_mix_ten_thousand_times(TestRealm realm)
            throws InterruptedException, ExecutionException {
        DelegationRealm mesh = DelegationRealm.create(realm);
        realm.settings(settings -> settings.setEventsEnabled(false));
        // Signatures are not what is tested, and cost more than everything else.
        List.of("desk", "gateway", "specialist")
                .forEach(name -> mesh.change(
                        name, client -> client.getAttributes().put("access.token.signed.response.alg", "HS512")));
        Browser browser = new Browser();
        Map<String, String> tokens = Map.of(
                "gateway",
                inOneSession(mesh, browser, "gateway"),
                "specialist",
                inOneSession(mesh, browser, "specialist"));
        assertThat(Jwt.decode(tokens.get("gateway")).text("sid"))
                .isEqualTo(Jwt.decode(tokens.get("specialist")).text("sid"));

        AtomicInteger next = new AtomicInteger();
        List<Callable<List<Exchange>>> workers = new ArrayList<>();
        for (int worker = 0; worker < THREADS; worker++) {
            workers.add(() -> {
                List<Exchange> done = new ArrayList<>();
                for (int i = next.getAndIncrement(); i < EXCHANGES; i = next.getAndIncrement()) {
                    String actor = i % 2 == 0 ? "gateway" : "specialist";
                    String server = i % 4 < 2 ? "crm" : "tickets";
                    long begin = System.nanoTime();
                    Reply reply = mesh.exchange(actor, tokens.get(actor), server);
                    done.add(new Exchange(actor, begin, System.nanoTime()));
                    JsonNode claims = claims(reply.expect(200).accessToken());
                    assertThat(chain(claims.path("act"))).containsExactly(actor, "desk");
                    assertThat(claims.path("aud").asText()).isEqualTo(uri(server));
                }
                return done;
            });
        }
        List<Exchange> done =
                InParallel.all(workers).stream().flatMap(List::stream).toList();
        assertThat(done).hasSize(EXCHANGES);
        assertThat(pairsAtOnce(done)).isGreaterThanOrEqualTo(EXCHANGES);
    }

    /** When an actor asked, and had its answer. */
    private record Exchange(String actor, long begin, long end) {}

    /** How often an exchange of one actor was under way when one of the other began. */
    private static long pairsAtOnce(List<Exchange> exchanges) {
        List<Exchange> byBegin = exchanges.stream()
                .sorted(Comparator.comparingLong(Exchange::begin))
                .toList();
        List<Exchange> underWay = new ArrayList<>();
        long pairs = 0;
        for (Exchange next : byBegin) {
            underWay.removeIf(earlier -> earlier.end() <= next.begin());
            pairs += underWay.stream()
                    .filter(earlier -> !earlier.actor().equals(next.actor()))
                    .count();
            underWay.add(next);
        }
        return pairs;
    }

    /** As signatures are not what is tested, only what is needed of the token is read. */
    private static JsonNode claims(String token) throws IOException {
        String payload = token.substring(token.indexOf('.') + 1, token.lastIndexOf('.'));
        return JSON.readTree(Base64.getUrlDecoder().decode(payload));
    }

    private static String inOneSession(DelegationRealm mesh, Browser browser, String server) {
        Authorization authorization = mesh.oauth()
                .authorize(
                        Form.of("client_id", "desk")
                                .with("redirect_uri", REDIRECT)
                                .with("scope", server + ":use")
                                .with("resource", uri(server)),
                        browser)
                .as("alice", "alice");
        return mesh.oauth()
                .code(as("desk"), authorization, Form.empty())
                .expect(200)
                .accessToken();
    }
}
