package dev.keycloakmcp.audit;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The security headers of the audit page. Scripts, styles and requests of its own origin only, nothing inline, no
 * frames in either direction, and no way from a string to markup ({@code require-trusted-types-for}).
 */
public final class PageSecurity {

    private PageSecurity() {}

    /**
     * The headers of every response.
     *
     * @param page where the page is
     * @param others what it talks to; those of other origins are named in the policy, as hosts for administration
     *     and sign-in may differ
     */
    public static Map<String, String> headers(URI page, Set<URI> others) {
        Set<String> origins = new LinkedHashSet<>();
        others.stream()
                .map(PageSecurity::origin)
                .filter(origin -> !origin.equals(origin(page)))
                .forEach(origins::add);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
                        + (origins.isEmpty() ? "" : " " + String.join(" ", origins))
                        + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
                        + "; require-trusted-types-for 'script'; trusted-types 'none'");
        headers.put("X-Frame-Options", "DENY");
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("Referrer-Policy", "no-referrer");
        headers.put("Cross-Origin-Opener-Policy", "same-origin");
        headers.put("Cross-Origin-Resource-Policy", "same-origin");
        headers.put("X-Robots-Tag", "none");
        return headers;
    }

    /** Scheme, host and port (RFC 6454 section 6.2), without a default port. */
    static String origin(URI uri) {
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        boolean usual = uri.getPort() < 0
                || uri.getPort() == 443 && scheme.equals("https")
                || uri.getPort() == 80 && scheme.equals("http");
        return scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + (usual ? "" : ":" + uri.getPort());
    }
}
