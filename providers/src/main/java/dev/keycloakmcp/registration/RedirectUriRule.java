package dev.keycloakmcp.registration;

import static dev.keycloakmcp.registration.RedirectUriSyntax.malformed;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The redirect URIs that may be registered: loopback (RFC 8252 7.3), https on allowed hosts, private-use schemes on the
 * list (RFC 8252 7.1), each in the one form in which it will be compared.
 *
 * @param loopback true when http to localhost, 127.0.0.1 and [::1] is allowed
 * @param httpsHosts hosts for https
 * @param privateUseSchemes other schemes, in lower case
 */
public record RedirectUriRule(boolean loopback, List<HostPattern> httpsHosts, Set<String> privateUseSchemes) {

    /** Longest redirect URI in characters; Keycloak's column holds no more. */
    public static final int MAX_LENGTH = 255;

    private static final int MAX_PORT = 65535;
    private static final Set<String> LOOPBACK_HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");

    /** Schemes that run code, read files or have a meaning of their own; no configuration allows them. */
    private static final Set<String> NEVER = Set.of(
            "http",
            "https",
            "javascript",
            "data",
            "file",
            "vbscript",
            "blob",
            "filesystem",
            "about",
            "view-source",
            "jar",
            "ftp",
            "ws",
            "wss",
            "mailto",
            "tel",
            "sms",
            "urn");

    private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]*");

    public RedirectUriRule {
        httpsHosts = List.copyOf(httpsHosts);
        privateUseSchemes = Set.copyOf(privateUseSchemes);
    }

    /** True when a scheme may be configured as a private-use scheme. */
    public static boolean isPrivateUseScheme(String scheme) {
        return SCHEME.matcher(scheme).matches() && !NEVER.contains(scheme);
    }

    /** The same with one more host for https. */
    RedirectUriRule alsoAt(HostPattern host) {
        return new RedirectUriRule(
                loopback, Stream.concat(httpsHosts.stream(), Stream.of(host)).toList(), privateUseSchemes);
    }

    /** True when an https URL is on one of the allowed hosts. */
    public boolean isAllowedHost(URI https) {
        return https.getHost() != null
                && httpsHosts.stream().anyMatch(pattern -> pattern.matches(https.getHost(), https.getPort()));
    }

    /** Decides about one redirect URI as sent. */
    public Decision<RedirectUri> decide(String value) {
        return RedirectUriSyntax.read(value).then(uri -> decide(value, uri));
    }

    private Decision<RedirectUri> decide(String value, URI uri) {
        if (uri.isOpaque() || uri.getRawPath() == null) {
            return NEVER.contains(uri.getScheme().toLowerCase(Locale.ROOT))
                    ? scheme(value, uri.getScheme())
                    : malformed(value, "needs a slash after the scheme");
        }
        return RedirectUriSyntax.unambiguous(value, uri).then(same -> switch (uri.getScheme()) {
            case "http" -> loopback(value, uri);
            case "https" -> https(value, uri);
            default -> privateUse(value, uri);
        });
    }

    private Decision<RedirectUri> loopback(String value, URI uri) {
        if (uri.getHost() == null || !LOOPBACK_HOSTS.contains(uri.getHost())) {
            return Decision.deny(
                    ReasonCode.REDIRECT_HOST_NOT_ALLOWED,
                    "redirect URI " + Quoted.of(value)
                            + ": http is for localhost, 127.0.0.1 and [::1], in lower case; use https");
        }
        if (!loopback) {
            return Decision.deny(
                    ReasonCode.REDIRECT_LOOPBACK_NOT_ALLOWED,
                    "redirect URI " + Quoted.of(value) + ": loopback redirects are switched off (loopback-redirects)");
        }
        if (!isWellFormedPort(uri)) {
            return malformed(value, "has no valid port");
        }
        return Decision.allow(
                new RedirectUri(value, RedirectUri.compared(value), Optional.of("http://" + authority(uri))));
    }

    private Decision<RedirectUri> https(String value, URI uri) {
        if (!isAllowedHost(uri)) {
            return Decision.deny(
                    ReasonCode.REDIRECT_HOST_NOT_ALLOWED,
                    "redirect URI " + Quoted.of(value) + ": the host is not allowed (https-redirect-hosts)");
        }
        if (!isWellFormedPort(uri)) {
            return malformed(value, "has no valid port");
        }
        String origin = "https://" + (uri.getPort() == HostPattern.HTTPS_PORT ? uri.getHost() : authority(uri));
        return Decision.allow(new RedirectUri(value, value, Optional.of(origin)));
    }

    private Decision<RedirectUri> privateUse(String value, URI uri) {
        if (!isPrivateUseScheme(uri.getScheme()) || !privateUseSchemes.contains(uri.getScheme())) {
            return scheme(value, uri.getScheme());
        }
        return Decision.allow(new RedirectUri(value, value, Optional.empty()));
    }

    /** An empty port is a second way to write the same URI. */
    private static boolean isWellFormedPort(URI uri) {
        return !uri.getRawAuthority().endsWith(":") && uri.getPort() != 0 && uri.getPort() <= MAX_PORT;
    }

    private static String authority(URI uri) {
        return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
    }

    private static <T> Decision<T> scheme(String value, String scheme) {
        return Decision.deny(
                ReasonCode.REDIRECT_SCHEME_NOT_ALLOWED,
                "redirect URI " + Quoted.of(value) + ": the scheme " + Quoted.of(scheme)
                        + " is not allowed (private-use-schemes)");
    }
}
