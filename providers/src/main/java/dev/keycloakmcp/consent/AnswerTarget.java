package dev.keycloakmcp.consent;

import dev.keycloakmcp.support.DisplayName;
import java.net.IDN;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where the answer to an authorization request goes, as a person has to see it: the host of a web site with the part
 * that somebody registered set apart, this computer (RFC 8252 7.3), or the application behind a private-use scheme (RFC
 * 8252 7.1).
 *
 * @param kind which of them
 * @param before of a site: the labels before the registered domain, with the last dot, shortened in the middle where
 *     they are too long; else empty
 * @param site of a site: the registered domain in ASCII, with its port where that is not the usual one; of a scheme:
 *     the scheme; else the text of the URI, shortened
 * @param international the host as it would be read in its own letters, where it holds letters outside of ASCII
 * @param key what stays the same as long as the answer goes to the same place
 */
public record AnswerTarget(Kind kind, String before, String site, Optional<String> international, String key) {

    /** The kinds of place that a redirect URI leads to. */
    public enum Kind {
        /** A web site, encrypted. */
        SITE,
        /** A web site, readable on the way. */
        INSECURE_SITE,
        /** A port of the person's own computer. */
        LOOPBACK,
        /** An application that claimed a scheme. */
        PRIVATE_USE,
        /** Nothing that can be read. */
        UNKNOWN
    }

    static final int MOST_BEFORE = 48;
    static final int MOST_SITE = 80;

    private static final Set<String> LOOPBACK_HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final String PUNYCODE = "xn--";
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    /**
     * Reads a redirect URI.
     *
     * @param redirectUri as it will be used; null where there is none
     * @param registeredDomain finds the registrable domain in a host name of ASCII in lower case; the name itself where
     *     it finds none
     */
    public static AnswerTarget of(@Nullable String redirectUri, UnaryOperator<String> registeredDomain) {
        String text = redirectUri == null ? "" : redirectUri;
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            return unknown(text);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        return switch (scheme) {
            case "" -> unknown(text);
            case "http", "https" ->
                Authority.of(uri)
                        .map(authority -> site(scheme, authority, registeredDomain))
                        .orElseGet(() -> unknown(text));
            default -> new AnswerTarget(Kind.PRIVATE_USE, "", ending(scheme), Optional.empty(), "scheme:" + scheme);
        };
    }

    private static AnswerTarget site(String scheme, Authority authority, UnaryOperator<String> registeredDomain) {
        String host = authority.host();
        int port = authority.port();
        if (LOOPBACK_HOSTS.contains(host)) {
            return new AnswerTarget(Kind.LOOPBACK, "", host, Optional.empty(), "loopback");
        }
        boolean secure = "https".equals(scheme);
        boolean usual = port < 0 || port == (secure ? HTTPS_PORT : HTTP_PORT);
        String suffix = usual ? "" : ":" + port;
        String found = registeredDomain.apply(host);
        String domain = host.endsWith("." + found) ? found : host;
        return new AnswerTarget(
                secure ? Kind.SITE : Kind.INSECURE_SITE,
                middle(host.substring(0, host.length() - domain.length())),
                ending(domain) + suffix,
                international(host, domain),
                scheme + "://" + host + suffix);
    }

    private static AnswerTarget unknown(String text) {
        return new AnswerTarget(Kind.UNKNOWN, "", DisplayName.of(text).text(), Optional.empty(), "unknown:" + text);
    }

    /** The end of the host, which somebody registered, stays whole. */
    private static Optional<String> international(String host, String domain) {
        if (!host.startsWith(PUNYCODE) && !host.contains("." + PUNYCODE)) {
            return Optional.empty();
        }
        String before = host.substring(0, host.length() - domain.length());
        return Optional.of(inOwnLetters(before, AnswerTarget::middle) + inOwnLetters(domain, AnswerTarget::ending));
    }

    private static String inOwnLetters(String ascii, UnaryOperator<String> shortened) {
        return DisplayName.of(shortened.apply(IDN.toUnicode(ascii, IDN.ALLOW_UNASSIGNED)))
                .text();
    }

    private static String ending(String text) {
        return text.length() <= MOST_SITE ? text : DisplayName.ELLIPSIS + text.substring(text.length() - MOST_SITE);
    }

    private static String middle(String text) {
        int half = MOST_BEFORE / 2;
        return text.length() <= MOST_BEFORE
                ? text
                : text.substring(0, half) + DisplayName.ELLIPSIS + text.substring(text.length() - half);
    }

    /** Host in ASCII and lower case, and port, -1 for none; also of names that java.net.URI calls registry-based. */
    private record Authority(String host, int port) {

        static Optional<Authority> of(URI uri) {
            String raw = uri.getRawAuthority();
            if (raw == null) {
                return Optional.empty();
            }
            String rest = raw.substring(raw.lastIndexOf('@') + 1);
            int colon = rest.lastIndexOf(':');
            boolean hasPort = colon > rest.lastIndexOf(']');
            String host = hasPort ? rest.substring(0, colon) : rest;
            String port = hasPort ? rest.substring(colon + 1) : "";
            try {
                String ascii = host.startsWith("[") ? host : IDN.toASCII(host, IDN.ALLOW_UNASSIGNED);
                return ascii.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Authority(
                                ascii.toLowerCase(Locale.ROOT), port.isEmpty() ? -1 : Integer.parseInt(port)));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
    }
}
