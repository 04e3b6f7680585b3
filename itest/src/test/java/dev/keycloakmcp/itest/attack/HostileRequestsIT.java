package dev.keycloakmcp.itest.attack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Registration;
import dev.keycloakmcp.itest.server.LogFile;
import dev.keycloakmcp.itest.server.TestRealm;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Generated requests at every endpoint. A few thousand in each build; {@code -Dhostile.requests=200000} is the long form.
 * The seed is printed, and {@code -Dhostile.seed} sets it.
 */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileRequestsIT {

    private static final int REQUESTS = Integer.getInteger("hostile.requests", 2000);
    private static final int AT_ONCE = Integer.getInteger("hostile.registrations", 250);
    private static final long SEED = Long.getLong("hostile.seed", System.nanoTime());
    private static final int CONNECTIONS = 8;
    private static final int SLOW_BODIES = 10;
    private static final int FIRST_FRAMES = 3;
    private static final int WINDOWS = 9;
    private static final double MEGABYTE = 1024 * 1024;
    /** Sessions and rows that a run leaves until they expire. */
    private static final double KEPT_FOR_A_WHILE = 200;

    private static final Pattern STACK_TRACE =
            Pattern.compile("\\tat |at (org|java|dev|io|jakarta)\\.|[a-z]+\\.[A-Z][A-Za-z]+(Exception|Error)\\b");
    private static final Set<String> SERVERS = Set.of(HostileRealm.CRM, HostileRealm.BILLING);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final Queue<String> ofKeycloak = new ConcurrentLinkedQueue<>();
    private final Map<String, AtomicInteger> answers = new ConcurrentHashMap<>();
    private final List<Socket> slow = new ArrayList<>();

    private HostileRealm realm;
    private HostileRealm stock;
    private HostileGenerator generator;
    private HostileGenerator stockGenerator;

    @BeforeAll
    void configure(TestRealm empty) {
        realm = prepared(HostileRealm.governed(empty, 20));
        stock = prepared(HostileRealm.stock(realm.server(), 20));
        generator = HostileGenerator.of(realm, credentials(realm));
        stockGenerator = HostileGenerator.of(stock, credentials(stock));
    }

    /** Nothing that a run leaves fills the server's memory, where its database is. */
    private static HostileRealm prepared(HostileRealm realm) {
        realm.settings(settings -> {
            settings.setEventsEnabled(false);
            settings.setAccessTokenLifespan(7200);
            settings.setAccessCodeLifespanLogin(60);
            settings.setAccessCodeLifespanUserAction(60);
            settings.setAccessCodeLifespan(60);
        });
        return realm;
    }

    private static HostileCredentials credentials(HostileRealm realm) {
        Reply alice = realm.signIn();
        return new HostileCredentials(
                alice.accessToken(),
                alice.refreshToken(),
                realm.oauth()
                        .clientCredentials(
                                realm.agent(),
                                Form.of("resource", HostileRealm.CRM).with("scope", "crm:read"))
                        .expect(200)
                        .accessToken(),
                realm.administrator("administrator", "realm-admin"));
    }

    @AfterAll
    void end() throws IOException {
        for (Socket socket : slow) {
            socket.close();
        }
        if (stock != null) {
            stock.close();
        }
    }

    @Test
    @Tries({"LLM10", "RFC7591-5-metadata"})
    void generatedRequestsNeitherBreakTheServerNorGetWhatTheyMayNot() throws Exception {
        System.out.printf("[hostile] %d requests, -Dhostile.seed=%d%n", REQUESTS, SEED);
        long log = LogFile.size(realm.server().logFile());
        startSlowBodies();
        AtomicLong next = new AtomicLong();
        double[] least = new double[WINDOWS];
        Arrays.fill(least, Double.MAX_VALUE);
        long start = System.nanoTime();
        ExecutorService connections = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            List<Future<?>> workers = new ArrayList<>();
            for (int worker = 0; worker < CONNECTIONS; worker++) {
                workers.add(connections.submit(() -> {
                    HttpClient http = client();
                    for (long number = next.getAndIncrement(); number < REQUESTS; number = next.getAndIncrement()) {
                        send(http, SEED + number);
                        if (number % Math.max(20, REQUESTS / 500) == 0) {
                            remember(least, (int) (number * WINDOWS / REQUESTS), usedHeap(http));
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
        } finally {
            connections.shutdownNow();
        }
        report(start, least);

        assertThat(faults).isEmpty();
        assertNoStackTrace(LogFile.since(realm.server().logFile(), log));
        assertThat(Math.min(least[WINDOWS - 1], least[WINDOWS - 2]))
                .as("least megabytes of heap at the end, of all %s", Arrays.toString(least))
                .isLessThan(2 * least[WINDOWS / 2] + KEPT_FOR_A_WHILE);
    }

    private void report(long start, double[] least) {
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "[hostile] %.1f s, %.0f requests a second, least megabytes of heap %s%n",
                seconds, REQUESTS / seconds, Arrays.toString(least));
        new TreeMap<>(answers).forEach((answer, count) -> System.out.printf("[hostile] %6d %s%n", count.get(), answer));
        ofKeycloak.forEach(request -> System.out.println("[hostile] Keycloak's own: " + request));
    }

    private static HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(Duration.ofSeconds(20))
                .build();
    }

    private void send(HttpClient http, long seed) {
        HostileRequest request = generator.make(seed);
        HttpResponse<String> response;
        try {
            response = http.send(request.toHttp(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            // The server closes the connection on what is too large; it must not do so on anything else. A connection
            // that
            // was used before may be closed at any time (RFC 9112 9.3.1), so that only a new one tells.
            count(request.kind(), "closed");
            if (request.body().length < 1_000_000
                    && request.headers().toString().length() < 10_000
                    && !isAnswered(client(), request)) {
                fault(seed, request, e.toString());
            }
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        count(request.kind(), String.valueOf(response.statusCode()));
        if (response.statusCode() >= 500) {
            if (!isOfKeycloak(http, seed, response.statusCode())) {
                fault(seed, request, response.statusCode() + " " + response.body());
            } else {
                ofKeycloak.add(response.statusCode() + " " + seed + " " + request);
            }
        }
        if (isText(response) && STACK_TRACE.matcher(response.body()).find()) {
            fault(seed, request, "stack trace: " + response.body());
        }
        if (response.statusCode() / 100 == 2) {
            served(seed, request, response.body());
        }
    }

    private static boolean isAnswered(HttpClient http, HostileRequest request) {
        try {
            return http.send(request.toHttp(), HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    < 500;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static boolean isText(HttpResponse<String> response) {
        String type = response.headers().firstValue("Content-Type").orElse("");
        return !type.contains("javascript") && !type.contains("css");
    }

    private void count(String kind, String answer) {
        answers.computeIfAbsent(kind + " " + answer, key -> new AtomicInteger()).incrementAndGet();
    }

    private void fault(long seed, HostileRequest request, String what) {
        if (faults.size() < 20) {
            faults.add("seed " + seed + ": " + what.substring(0, Math.min(600, what.length())) + " <- " + request);
        }
    }

    private boolean isOfKeycloak(HttpClient http, long seed, int status) {
        try {
            return http.send(stockGenerator.make(seed).atKeycloaksOwn().toHttp(), HttpResponse.BodyHandlers.ofString())
                            .statusCode()
                    == status;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What is served must be what somebody may have. */
    private void served(long seed, HostileRequest request, String body) {
        JsonNode json = object(body);
        for (String member : List.of("access_token", "refresh_token", "id_token")) {
            if (json.hasNonNull(member) && !request.entitled()) {
                fault(seed, request, member + " for nothing: " + body);
            }
        }
        if (json.hasNonNull("access_token")
                && !isForOneServer(json.get("access_token").asText())) {
            fault(seed, request, "a token that is not for one server: " + body);
        }
        if (request.kind().equals("registration") && json.hasNonNull("client_id")) {
            json.path("redirect_uris").forEach(uri -> {
                if (!uri.asText().matches("http://(localhost|127\\.0\\.0\\.1|\\[::1])[:/?].*|http://localhost")) {
                    fault(seed, request, "a redirect URI that is not allowed: " + body);
                }
            });
            if (!Set.of("authorization_code", "refresh_token").containsAll(texts(json.path("grant_types")))) {
                fault(seed, request, "a grant type that is not allowed: " + body);
            }
        }
        if (request.kind().equals("stock registration") && json.hasNonNull("client_id")) {
            fault(seed, request, "a client that nobody allowed: " + body);
        }
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(element -> texts.add(element.asText()));
        return texts;
    }

    private static boolean isForOneServer(String token) {
        String[] parts = token.split("\\.");
        if (parts.length != 3) {
            return false;
        }
        return SERVERS.contains(object(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8))
                .path("aud")
                .asText());
    }

    private static JsonNode object(String body) {
        try {
            JsonNode read = body.startsWith("{") ? JSON.readTree(body) : null;
            return read == null ? JSON.createObjectNode() : read;
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode();
        }
    }

    /** Keycloak logs traces of its own for much that it refuses; none may begin in this extension. */
    private static void assertNoStackTrace(String log) {
        List<String> ours = new ArrayList<>();
        int frame = 0;
        String record = "";
        for (String line : log.lines().toList()) {
            frame = line.startsWith("\tat ") ? frame + 1 : 0;
            if (frame == 0) {
                record = line;
            } else if (frame <= FIRST_FRAMES && line.startsWith("\tat dev.keycloakmcp")) {
                ours.add(record + line);
            }
        }
        assertThat(ours).isEmpty();
    }

    // Memory

    private static void remember(double[] least, int window, double used) {
        synchronized (least) {
            least[window] = Math.min(least[window], used);
        }
    }

    private double usedHeap(HttpClient http) throws IOException, InterruptedException {
        URI metrics = URI.create(realm.server().managementUri() + "/metrics");
        return http.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofLines())
                        .body()
                        .filter(line -> line.startsWith("jvm_memory_used_bytes{area=\"heap\""))
                        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                        .sum()
                / MEGABYTE;
    }

    // Slow bodies

    private void startSlowBodies() throws IOException {
        URI base = realm.server().baseUri();
        for (int number = 0; number < SLOW_BODIES; number++) {
            Socket socket = new Socket(base.getHost(), base.getPort());
            String path = number % 2 == 0 ? "/protocol/openid-connect/token" : "/clients-registrations/mcp";
            socket.getOutputStream()
                    .write(("POST /realms/" + realm.name() + path + " HTTP/1.1\r\nHost: " + base.getAuthority()
                                    + "\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{\"client")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            slow.add(socket);
        }
    }

    // Many at once

    @Test
    @Tries({"LLM10", "RFC7591-5-flood"})
    void manyRegistrationsAtOnceAreAllAnswered() {
        HttpClient http = client();
        List<CompletableFuture<HttpResponse<String>>> sent = IntStream.range(0, AT_ONCE)
                .mapToObj(number -> HttpRequest.newBuilder(Registration.endpoint(realm))
                        .header("Content-Type", "application/json")
                        .timeout(Duration.ofSeconds(120))
                        // every second one is identical to another
                        .POST(HttpRequest.BodyPublishers.ofString(
                                Reply.write(Registration.publicClient("Crowd " + number / 2, HostileRealm.CALLBACK))))
                        .build())
                .map(request -> http.sendAsync(request, HttpResponse.BodyHandlers.ofString()))
                .toList();

        assertThat(sent).allSatisfy(answer -> assertThat(answer.join().statusCode())
                .as(answer.join().body())
                .isIn(200, 201, 429));
    }
}
