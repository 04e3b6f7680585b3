package dev.keycloakmcp.fetch.provider;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.Config;
import org.keycloak.connections.httpclient.ProxyMappings;

/** The proxies by which this server reaches other hosts, as Keycloak's own HTTP client is told of them. */
final class EgressProxy {

    private static final String[] HTTP_CLIENT = {"connectionsHttpClient", "default"};

    private EgressProxy() {}

    /** The option {@code proxy-mappings} of Keycloak's HTTP client, else the variables of the environment, else none. */
    static @Nullable ProxyMappings configured() {
        String @Nullable [] mappings = Config.scope(HTTP_CLIENT).getArray("proxy-mappings");
        if (mappings != null && mappings.length > 0) {
            return ProxyMappings.valueOf(mappings);
        }
        Optional<String> proxy = variable("https_proxy").or(() -> variable("http_proxy"));
        return ProxyMappings.withFixedProxyMapping(
                proxy.orElse(null), variable("no_proxy").orElse(null));
    }

    private static Optional<String> variable(String name) {
        return Stream.of(name, name.toUpperCase(Locale.ROOT))
                .flatMap(spelling -> Stream.ofNullable(System.getenv(spelling)))
                .filter(value -> !value.isBlank())
                .findFirst();
    }
}
