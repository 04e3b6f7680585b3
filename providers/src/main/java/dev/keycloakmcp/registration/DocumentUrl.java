package dev.keycloakmcp.registration;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The URL of a client id metadata document, which is the client id of the client that it describes
 * (draft-ietf-oauth-client-id-metadata-document section 3). Compared to the letter, so each has but one form.
 */
public final class DocumentUrl {

    /** Longest URL in characters; Keycloak's column for client ids holds no more. */
    public static final int MAX_LENGTH = 255;

    private static final String SCHEME = "https://";

    /** Hosts that network libraries read as a number, however it is written. */
    private static final Pattern NUMERIC = Pattern.compile("(?:.*\\.)?(?:[0-9]+|0x[0-9a-f]*)");

    private static final String BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(BYTE + "(?:\\." + BYTE + "){3}");

    private final String text;
    private final URI uri;

    private DocumentUrl(String text, URI uri) {
        this.text = text;
        this.uri = uri;
    }

    /** True when a client id might be such a URL, without a closer look. */
    public static boolean mayBe(String clientId) {
        return clientId.startsWith(SCHEME);
    }

    /** The URL; empty where a client id is none. */
    public static Optional<DocumentUrl> parse(String clientId) {
        return problem(clientId).isPresent()
                ? Optional.empty()
                : Optional.of(new DocumentUrl(clientId, URI.create(clientId)));
    }

    /** Why a client id is no such URL; empty where it is one. */
    public static Optional<String> problem(String clientId) {
        if (!mayBe(clientId)) {
            return Optional.of("has to begin with https://");
        }
        Optional<String> characters = UnambiguousUri.problem(clientId, MAX_LENGTH);
        if (characters.isPresent()) {
            return characters;
        }
        try {
            return problem(new URI(clientId));
        } catch (URISyntaxException e) {
            return Optional.of("is not a URI (RFC 3986)");
        }
    }

    private static Optional<String> problem(URI uri) {
        String authority = uri.getRawAuthority();
        if (authority == null || uri.getHost() == null) {
            return Optional.of("has no host");
        }
        if (authority.contains("@")) {
            return Optional.of("holds user information");
        }
        if (!isPlainHost(authority, uri)) {
            return Optional.of("has to name a host in lower case, and no port or a valid one other than 443");
        }
        if (uri.getRawPath().isEmpty()) {
            return Optional.of("has to have a path");
        }
        return UnambiguousUri.holdsDotSegment(uri.getRawPath()) ? Optional.of("holds a dot segment") : Optional.empty();
    }

    private static boolean isPlainHost(String authority, URI uri) {
        String host = uri.getHost();
        return HostPattern.parse(authority)
                        .filter(pattern -> pattern.host().equals(host))
                        .isPresent()
                && (uri.getPort() < 0 || uri.getPort() != HostPattern.HTTPS_PORT)
                && (!NUMERIC.matcher(host).matches() || IPV4.matcher(host).matches());
    }

    /** The URL as it is compared. */
    public String text() {
        return text;
    }

    /** The URL to fetch. */
    public URI uri() {
        return uri;
    }

    /** The host that published the document, for people. */
    public String host() {
        return uri.getHost();
    }

    /** The host and port of the document, as a place that redirect URIs may have. */
    HostPattern place() {
        return new HostPattern(uri.getHost(), false, uri.getPort() < 0 ? HostPattern.HTTPS_PORT : uri.getPort());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DocumentUrl url && url.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
