package dev.keycloakmcp.fetch.provider;

import dev.keycloakmcp.fetch.FetchFailure;
import dev.keycloakmcp.fetch.FetchLimits;
import dev.keycloakmcp.fetch.Fetched;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.http.HttpHeaders;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.conn.DnsResolver;
import org.apache.http.impl.conn.SystemDefaultDnsResolver;
import org.jspecify.annotations.Nullable;
import org.keycloak.connections.httpclient.ProxyMappings;
import org.keycloak.truststore.TruststoreProvider;

/**
 * Fetches JSON from hosts that others name. It knows of no realm and no client; whoever asks may be a stranger, and so may be
 * the host.
 *
 * <p>Requests run in threads of their own, as a look-up of a name cannot be interrupted: who asked waits no longer than the
 * limit says, whatever the network does.
 */
final class JsonFetcher implements Closeable {

    private static final int MOST_AT_ONCE = 16;
    private static final long IDLE_SECONDS = 30;
    private static final String THREAD = "mcp-fetch";
    private static final String LOCALHOST = "localhost";
    private static final String BELOW_LOCALHOST = "." + LOCALHOST;

    /** Hosts that are read as an address, however it is written. */
    private static final Pattern NUMERIC = Pattern.compile("(?:.*\\.)?(?:[0-9]+|0x[0-9a-f]*)\\.?");

    private final FetchLimits limits;
    private final FetchClients clients;
    private final ThreadPoolExecutor threads;

    /** A fetcher that trusts whom Keycloak trusts, and goes by its proxies. */
    static JsonFetcher create(FetchLimits limits, @Nullable TruststoreProvider trusted) {
        return new JsonFetcher(limits, EgressProxy.configured(), trusted, SystemDefaultDnsResolver.INSTANCE);
    }

    JsonFetcher(
            FetchLimits limits,
            @Nullable ProxyMappings proxies,
            @Nullable TruststoreProvider trusted,
            DnsResolver resolver) {
        this.limits = limits;
        clients = new FetchClients(limits, proxies, trusted, resolver);
        threads = new ThreadPoolExecutor(
                0, MOST_AT_ONCE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, THREAD);
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** Fetches from an https URL. */
    Fetched fetch(URI url) {
        return "https".equals(url.getScheme()) && url.getHost() != null
                ? get(url)
                : Fetched.failed(FetchFailure.ADDRESS_NOT_ALLOWED, "not an https URL");
    }

    /** True when a proxy connects to the host of a URL, and has to refuse addresses itself. */
    boolean isProxied(URI url) {
        return clients.isProxied(url.getHost());
    }

    Fetched get(URI url) {
        String host = url.getHost();
        if (clients.isProxied(host) && isSpecial(host)) {
            return Fetched.failed(FetchFailure.ADDRESS_NOT_ALLOWED, host);
        }
        HttpGet request = new HttpGet(url);
        request.setHeader(HttpHeaders.ACCEPT, "application/json");
        AnswerReader reader = new AnswerReader(limits);
        try {
            return await(request, threads.submit(() -> reader.read(clients.of(host), request)));
        } catch (RejectedExecutionException e) {
            return Fetched.failed(FetchFailure.BUSY, MOST_AT_ONCE + " requests are under way");
        }
    }

    private Fetched await(HttpGet request, Future<Fetched> answer) {
        try {
            return answer.get(limits.timeoutMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return Fetched.failed(FetchFailure.TIMED_OUT, "not within " + limits.timeoutMillis() + " ms");
        } catch (ExecutionException e) {
            return Fetched.failed(FetchFailure.NOT_CONNECTED, String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Fetched.failed(FetchFailure.BUSY, "interrupted");
        } finally {
            request.abort();
            answer.cancel(true);
        }
    }

    /** True for what no proxy should be asked for: an address that is not allowed, and the name of this computer. */
    private boolean isSpecial(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.equals(LOCALHOST) || name.endsWith(BELOW_LOCALHOST)) {
            return !limits.privateAddresses();
        }
        if (!name.startsWith("[") && !NUMERIC.matcher(name).matches()) {
            return false;
        }
        try {
            return !limits.addresses().allows(InetAddress.getByName(name));
        } catch (UnknownHostException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        threads.shutdownNow();
        clients.close();
    }
}
