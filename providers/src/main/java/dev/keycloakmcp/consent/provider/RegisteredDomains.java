package dev.keycloakmcp.consent.provider;

import org.apache.http.conn.util.PublicSuffixMatcherLoader;
import org.jspecify.annotations.Nullable;

/** Mozilla's list of public suffixes, in the version that Keycloak ships for its own HTTP client. */
final class RegisteredDomains {

    private RegisteredDomains() {}

    /** The part of a host that somebody registered; the host itself where there is none, as with an address. */
    static String of(String host) {
        @Nullable String domain =
                isAddress(host) ? null : PublicSuffixMatcherLoader.getDefault().getDomainRoot(host);
        return domain == null ? host : domain;
    }

    private static boolean isAddress(String host) {
        return host.startsWith("[") || host.matches("[0-9.]+");
    }
}
