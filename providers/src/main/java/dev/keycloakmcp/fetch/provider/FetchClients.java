package dev.keycloakmcp.fetch.provider;

import dev.keycloakmcp.fetch.FetchLimits;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.http.config.ConnectionConfig;
import org.apache.http.config.MessageConstraints;
import org.apache.http.conn.DnsResolver;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.impl.conn.SystemDefaultDnsResolver;
import org.jspecify.annotations.Nullable;
import org.keycloak.connections.httpclient.HttpClientBuilder;
import org.keycloak.connections.httpclient.ProxyMappings;
import org.keycloak.truststore.TruststoreProvider;

/**
 * The HTTP clients for hosts that others name: one that connects to them, only at addresses that are allowed, and one that
 * asks a proxy to. A proxy looks up names by itself, so that it has to refuse addresses by itself as well.
 */
final class FetchClients implements Closeable {

    private static final int MOST_PER_HOST = 2;
    private static final int MOST = 16;
    private static final long PATIENCE_MILLIS = 500;
    private static final int LONGEST_LINE = 8 * 1024;
    private static final int MOST_HEADERS = 100;

    private final CloseableHttpClient direct;
    private final CloseableHttpClient proxied;
    private final @Nullable ProxyMappings proxies;

    FetchClients(
            FetchLimits limits,
            @Nullable ProxyMappings proxies,
            @Nullable TruststoreProvider trusted,
            DnsResolver resolver) {
        this.proxies = proxies;
        direct = builder(limits, trusted, new GuardedResolver(resolver, limits.addresses()))
                .build();
        proxied = builder(limits, trusted, SystemDefaultDnsResolver.INSTANCE)
                .proxyMappings(proxies)
                .build();
    }

    /** The client for a host. */
    CloseableHttpClient of(String host) {
        return isProxied(host) ? proxied : direct;
    }

    /** True when a proxy makes the connection. */
    boolean isProxied(String host) {
        return proxies != null && proxies.getProxyFor(host).getProxyHost() != null;
    }

    private static HttpClientBuilder builder(
            FetchLimits limits, @Nullable TruststoreProvider trusted, DnsResolver resolver) {
        MessageConstraints headers = MessageConstraints.custom()
                .setMaxLineLength(LONGEST_LINE)
                .setMaxHeaderCount(MOST_HEADERS)
                .build();
        HttpClientBuilder builder = new HttpClientBuilder(HttpClients.custom()
                        .setDnsResolver(resolver)
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setMessageConstraints(headers)
                                .build())
                        .disableAutomaticRetries()
                        .disableAuthCaching())
                .disableRedirectHandling()
                .disableCookies(true)
                .reuseConnections(false)
                .maxConnectionIdleTime(0, TimeUnit.MILLISECONDS)
                .maxPooledPerRoute(MOST_PER_HOST)
                .connectionPoolSize(MOST)
                .connectionRequestTimeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                .establishConnectionTimeout(limits.timeoutMillis(), TimeUnit.MILLISECONDS)
                .socketTimeout(limits.timeoutMillis(), TimeUnit.MILLISECONDS);
        if (trusted != null && trusted.getTruststore() != null) {
            builder.trustStore(trusted.getTruststore()).hostnameVerification(trusted.getPolicy());
        }
        return builder;
    }

    @Override
    public void close() throws IOException {
        direct.close();
        proxied.close();
    }
}
