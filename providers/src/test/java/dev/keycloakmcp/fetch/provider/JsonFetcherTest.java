package dev.keycloakmcp.fetch.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.fetch.FetchFailure;
import dev.keycloakmcp.fetch.FetchLimits;
import dev.keycloakmcp.fetch.Fetched;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.http.conn.DnsResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.connections.httpclient.ProxyMappings;

/** By http and on this computer, which only these tests can have: {@link JsonFetcher#fetch} takes https alone. */
@Timeout(30)
class JsonFetcherTest {

    private static final FetchLimits LOCAL = new FetchLimits(2000, 4096, 86_400, true);
    private static final FetchLimits PUBLIC = new FetchLimits(2000, 4096, 86_400, false);
    private static final DnsResolver EVERYWHERE_HERE = host -> new InetAddress[] {InetAddress.getLoopbackAddress()};

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    @Test
    void a_json_answer_is_fetched() {
        RawServer server = open(RawServer.json("{\"client_id\":\"bücher\"}", "Cache-Control: max-age=900"));
        assertThat(local().get(server.url("app.example")))
                .isEqualTo(new Fetched.Text("{\"client_id\":\"bücher\"}", 900));
        assertThat(server.requests()).singleElement().satisfies(request -> assertThat(request)
                .startsWith("GET /client.json HTTP/1.1")
                .contains("Host: app.example:" + server.port(), "Accept: application/json")
                .doesNotContain("Cookie", "Authorization", "Referer"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://app.example/", "file:///etc/passwd", "ftp://app.example/", "https:///x", "https:x"})
    void only_https_is_fetched(String url) {
        assertThat(failure(local().fetch(URI.create(url)))).isEqualTo(FetchFailure.ADDRESS_NOT_ALLOWED);
    }

    @Test
    void https_hosts_are_believed_if_keycloak_trusts_them_and_they_are_who_they_are(@TempDir Path directory)
            throws IOException, InterruptedException, GeneralSecurityException {
        KeyStore keys = LocalKeys.of("app.example", directory);
        RawServer server = open(RawServer.https(LocalKeys.server(keys), "{}"));
        URI url = URI.create("https://app.example:" + server.port() + "/client.json");
        URI other = URI.create("https://other.example:" + server.port() + "/client.json");
        JsonFetcher trusting = open(new JsonFetcher(LOCAL, null, LocalKeys.trusting(keys), EVERYWHERE_HERE));
        assertThat(trusting.fetch(url)).isEqualTo(new Fetched.Text("{}", 3600));
        assertThat(failure(trusting.fetch(other))).isEqualTo(FetchFailure.NOT_CONNECTED);
        assertThat(failure(local().fetch(url))).isEqualTo(FetchFailure.NOT_CONNECTED);
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]"})
    void this_computer_is_not_connected_to_however_it_is_written(String host) {
        RawServer server = open(RawServer.json("{}"));
        JsonFetcher fetcher = open(new JsonFetcher(
                PUBLIC, null, null, name -> InetAddress.getAllByName(name.replace("0x7f000001", "127.0.0.1"))));
        assertThat(failure(fetcher.get(server.url(host)))).isEqualTo(FetchFailure.ADDRESS_NOT_ALLOWED);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void a_name_that_leads_inside_is_not_connected_to() {
        RawServer server = open(RawServer.json("{}"));
        JsonFetcher fetcher = open(new JsonFetcher(PUBLIC, null, null, EVERYWHERE_HERE));
        assertThat(failure(fetcher.get(server.url("app.example")))).isEqualTo(FetchFailure.ADDRESS_NOT_ALLOWED);
        assertThat(server.requests()).isEmpty();
    }

    /** Public when it is looked at, inside when it is used: there is but one look, and that is the one that is used. */
    @Test
    void a_name_that_changes_its_address_gains_nothing() {
        RawServer server = open(RawServer.json("{}"));
        AtomicInteger asked = new AtomicInteger();
        JsonFetcher fetcher = open(new JsonFetcher(PUBLIC, null, null, host -> new InetAddress[] {
            asked.getAndIncrement() % 2 == 1 ? InetAddress.getByName("192.0.2.1") : InetAddress.getLoopbackAddress()
        }));
        for (int attempt = 1; attempt <= 4; attempt++) {
            assertThat(failure(fetcher.get(server.url("rebinding.example"))))
                    .isEqualTo(FetchFailure.ADDRESS_NOT_ALLOWED);
            assertThat(asked).hasValue(attempt);
        }
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void of_several_addresses_only_those_that_are_allowed_are_used() throws UnknownHostException {
        InetAddress here = InetAddress.getLoopbackAddress();
        InetAddress there = InetAddress.getByName("9.9.9.9");
        DnsResolver both = host -> new InetAddress[] {here, there};
        assertThat(new GuardedResolver(both, PUBLIC.addresses()).resolve("both.example"))
                .containsExactly(there);
        assertThat(new GuardedResolver(both, LOCAL.addresses()).resolve("both.example"))
                .containsExactly(here, there);
    }

    @Test
    void a_host_that_nobody_knows_is_not_connected_to() {
        JsonFetcher fetcher = open(new JsonFetcher(PUBLIC, null, null, host -> {
            throw new UnknownHostException(host);
        }));
        assertThat(failure(fetcher.get(URI.create("http://nowhere.example/")))).isEqualTo(FetchFailure.NOT_CONNECTED);
    }

    @ParameterizedTest
    @CsvSource({
        "301 Moved, REDIRECTED",
        "302 Found, REDIRECTED",
        "307 Temporary Redirect, REDIRECTED",
        "308 Permanent Redirect, REDIRECTED",
        "404 Not Found, GONE",
        "410 Gone, GONE",
        "403 Forbidden, STATUS",
        "500 Internal Server Error, STATUS",
    })
    void no_other_status_is_taken_and_no_redirect_followed(String status, FetchFailure failure) {
        RawServer target = open(RawServer.json("{}"));
        RawServer server = open(RawServer.answering(
                RawServer.head(status, "Location: " + target.url("app.example"), "Connection: close") + "\r\n{}"));
        assertThat(failure(local().get(server.url("app.example")))).isEqualTo(failure);
        assertThat(target.requests()).isEmpty();
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void a_refresh_header_leads_nowhere() {
        RawServer target = open(RawServer.json("{}"));
        RawServer server = open(RawServer.json("{}", "Refresh: 0; url=" + target.url("app.example")));
        assertThat(local().get(server.url("app.example"))).isInstanceOf(Fetched.Text.class);
        assertThat(target.requests()).isEmpty();
    }

    @Test
    void other_types_are_not_taken() {
        RawServer html = open(RawServer.answering("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>"));
        assertThat(failure(local().get(html.url("app.example")))).isEqualTo(FetchFailure.NOT_JSON);
        RawServer both = open(RawServer.json("{}", "Content-Type: text/html"));
        assertThat(failure(local().get(both.url("app.example")))).isEqualTo(FetchFailure.NOT_JSON);
        RawServer latin = open(RawServer.answering(to -> {
            to.write((RawServer.head("200 OK") + "\r\n").getBytes(StandardCharsets.UTF_8));
            to.write(new byte[] {'"', (byte) 0xfc, '"'});
        }));
        assertThat(failure(local().get(latin.url("app.example")))).isEqualTo(FetchFailure.NOT_JSON);
    }

    @Test
    void the_longest_is_taken_and_one_byte_more_is_not() {
        RawServer longest = open(RawServer.json("1".repeat(4096)));
        assertThat(local().get(longest.url("app.example"))).isEqualTo(new Fetched.Text("1".repeat(4096), 3600));
        RawServer longer = open(RawServer.json("1".repeat(4097)));
        assertThat(failure(local().get(longer.url("app.example")))).isEqualTo(FetchFailure.TOO_LARGE);
        RawServer claimed = open(RawServer.json("1".repeat(4097), "Content-Length: 4097"));
        assertThat(failure(local().get(claimed.url("app.example")))).isEqualTo(FetchFailure.TOO_LARGE);
    }

    @Test
    void an_endless_body_is_left() {
        RawServer server = open(RawServer.answering(to -> {
            to.write((RawServer.head("200 OK") + "\r\n").getBytes(StandardCharsets.UTF_8));
            while (true) {
                to.write(" ".repeat(1024).getBytes(StandardCharsets.UTF_8));
            }
        }));
        assertThat(failure(local().get(server.url("app.example")))).isEqualTo(FetchFailure.TOO_LARGE);
    }

    @Test
    void the_limit_is_of_what_comes_out_of_compression() {
        RawServer fine = open(zipped(4096));
        assertThat(local().get(fine.url("app.example"))).isEqualTo(new Fetched.Text(" ".repeat(4096), 3600));
        RawServer bomb = open(zipped(20_000_000));
        assertThat(failure(local().get(bomb.url("app.example")))).isEqualTo(FetchFailure.TOO_LARGE);
    }

    private static RawServer zipped(int length) {
        byte[] body = RawServer.zipped(length);
        return RawServer.answering(to -> {
            to.write((RawServer.head("200 OK", "Content-Encoding: gzip") + "\r\n").getBytes(StandardCharsets.UTF_8));
            to.write(body);
        });
    }

    @Test
    void broken_compression_is_a_broken_connection() {
        RawServer server = open(RawServer.json("no zip", "Content-Encoding: gzip"));
        assertThat(failure(local().get(server.url("app.example")))).isEqualTo(FetchFailure.NOT_CONNECTED);
    }

    @Test
    void huge_and_countless_headers_are_left() {
        RawServer huge = open(RawServer.json("{}", "X: " + "x".repeat(100_000)));
        assertThat(failure(local().get(huge.url("app.example")))).isEqualTo(FetchFailure.NOT_CONNECTED);
        RawServer countless = open(RawServer.json(
                "{}", IntStream.range(0, 1000).mapToObj(at -> "X-" + at + ": x").toArray(String[]::new)));
        assertThat(failure(local().get(countless.url("app.example")))).isEqualTo(FetchFailure.NOT_CONNECTED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void drops_do_not_hold_a_request_longer_than_the_limit(boolean ofHeaders) {
        RawServer server = open(RawServer.answering(to -> {
            String head = RawServer.head("200 OK");
            to.write((ofHeaders ? head + "X: " : head + "\r\n").getBytes(StandardCharsets.UTF_8));
            while (true) {
                to.write(' ');
                to.flush();
                Thread.sleep(50);
            }
        }));
        FetchLimits short_ = new FetchLimits(400, 4096, 86_400, true);
        JsonFetcher fetcher = open(new JsonFetcher(short_, null, null, EVERYWHERE_HERE));
        assertTimesOut(fetcher, server.url("app.example"));
    }

    @Test
    void a_name_server_does_not_hold_a_request_longer_than_the_limit() {
        CountDownLatch never = new CountDownLatch(1);
        FetchLimits short_ = new FetchLimits(400, 4096, 86_400, true);
        JsonFetcher fetcher = open(new JsonFetcher(short_, null, null, host -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new UnknownHostException(host);
        }));
        assertTimesOut(fetcher, URI.create("http://slow.example/"));
    }

    private static void assertTimesOut(JsonFetcher fetcher, URI url) {
        long begin = System.nanoTime();
        assertThat(failure(fetcher.get(url))).isEqualTo(FetchFailure.TIMED_OUT);
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isBetween(Duration.ofMillis(350), Duration.ofSeconds(5));
    }

    @Test
    void two_at_a_time_per_host_and_other_hosts_are_not_held_up() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(2);
        CountDownLatch answer = new CountDownLatch(1);
        RawServer slow = open(RawServer.answering(to -> {
            asked.countDown();
            answer.await();
            to.write((RawServer.head("200 OK") + "\r\n{}").getBytes(StandardCharsets.UTF_8));
        }));
        RawServer quick = open(RawServer.json("{}"));
        JsonFetcher fetcher =
                open(new JsonFetcher(new FetchLimits(10_000, 4096, 86_400, true), null, null, EVERYWHERE_HERE));
        List<CompletableFuture<Fetched>> two = IntStream.range(0, 2)
                .mapToObj(at -> CompletableFuture.supplyAsync(() -> fetcher.get(slow.url("slow.example"))))
                .toList();
        asked.await();
        assertThat(failure(fetcher.get(slow.url("slow.example")))).isEqualTo(FetchFailure.BUSY);
        assertThat(fetcher.get(quick.url("quick.example"))).isInstanceOf(Fetched.Text.class);
        answer.countDown();
        assertThat(two).allSatisfy(one -> assertThat(one.join()).isInstanceOf(Fetched.Text.class));
        assertThat(slow.requests()).hasSize(2);
    }

    @Test
    void a_proxy_is_asked_where_there_is_one_and_looks_up_the_name() {
        RawServer proxy = open(RawServer.json("{}"));
        JsonFetcher fetcher = open(new JsonFetcher(
                PUBLIC,
                ProxyMappings.valueOf(".*\\.proxied\\.example;http://127.0.0.1:" + proxy.port()),
                null,
                EVERYWHERE_HERE));
        URI url = URI.create("http://app.proxied.example/client.json");
        assertThat(fetcher.isProxied(url)).isTrue();
        assertThat(fetcher.get(url)).isInstanceOf(Fetched.Text.class);
        assertThat(proxy.requests())
                .singleElement()
                .asString()
                .startsWith("GET http://app.proxied.example/client.json");
        URI direct = URI.create("http://app.direct.example/client.json");
        assertThat(fetcher.isProxied(direct)).isFalse();
        assertThat(failure(fetcher.get(direct))).isEqualTo(FetchFailure.ADDRESS_NOT_ALLOWED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST",
                "a.localhost",
                "127.0.0.1",
                "10.0.0.1",
                "169.254.169.254",
                "2130706433",
                "0x7f000001",
                "[::1]",
                "[::ffff:10.0.0.1]",
                "[fd00::1]"
            })
    void a_proxy_is_asked_for_no_special_address(String host) {
        RawServer proxy = open(RawServer.json("{}"));
        JsonFetcher fetcher = open(new JsonFetcher(
                PUBLIC, ProxyMappings.valueOf(".*;http://127.0.0.1:" + proxy.port()), null, EVERYWHERE_HERE));
        assertThat(failure(fetcher.get(URI.create("http://" + host + "/"))))
                .isEqualTo(FetchFailure.ADDRESS_NOT_ALLOWED);
        assertThat(proxy.requests()).isEmpty();
    }

    @Test
    void a_closed_fetcher_fetches_nothing() throws IOException {
        RawServer server = open(RawServer.json("{}"));
        JsonFetcher fetcher = local();
        fetcher.close();
        assertThat(failure(fetcher.get(server.url("app.example")))).isEqualTo(FetchFailure.BUSY);
    }

    private JsonFetcher local() {
        return open(new JsonFetcher(LOCAL, null, null, EVERYWHERE_HERE));
    }

    private <T extends AutoCloseable> T open(T one) {
        opened.add(one);
        return one;
    }

    private static FetchFailure failure(Fetched fetched) {
        assertThat(fetched).isInstanceOf(Fetched.Failed.class);
        return ((Fetched.Failed) fetched).failure();
    }
}
