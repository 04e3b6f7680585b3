package dev.keycloakmcp.resource;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The URI of a protected resource in the form in which two URIs are compared (RFC 8707 section 2, MCP "canonical server
 * URI"): scheme and host in lower case, default port dropped, one trailing slash ignored.
 *
 * @param canonical the comparable form; not what tokens carry, they carry the URI as the server registered it
 */
public record ResourceIndicator(String canonical) {

    /** Longest accepted URI in characters; longer ones are malformed. */
    public static final int MAX_LENGTH = 2048;

    /**
     * Reads a URI as sent.
     *
     * @param value what the client sent or the administrator configured
     * @return empty where it is not an absolute http or https URI with a host, or has a fragment or user information
     */
    public static Optional<ResourceIndicator> parse(String value) {
        if (value.isEmpty() || value.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        URI uri;
        try {
            uri = new URI(value);
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        int defaultPort =
                switch (scheme) {
                    case "https" -> 443;
                    case "http" -> 80;
                    default -> -1;
                };
        if (defaultPort < 0 || uri.getHost() == null || uri.getRawFragment() != null || uri.getRawUserInfo() != null) {
            return Optional.empty();
        }
        if (!isAscii(value) || uri.getPort() > 65535) {
            return Optional.empty();
        }
        String port = uri.getPort() < 0 || uri.getPort() == defaultPort ? "" : ":" + uri.getPort();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return Optional.of(new ResourceIndicator(scheme
                + "://"
                + uri.getHost().toLowerCase(Locale.ROOT)
                + port
                + withoutTrailingSlash(uri.getRawPath())
                + query));
    }

    /**
     * Reads a list of URIs, separated by white space; those that cannot be read are left out.
     *
     * @return absent for none, which a blank text means
     */
    public static Optional<Set<ResourceIndicator>> list(@Nullable String uris) {
        return uris == null || uris.isBlank()
                ? Optional.empty()
                : Optional.of(Stream.of(uris.trim().split("\\s+"))
                        .map(ResourceIndicator::parse)
                        .flatMap(Optional::stream)
                        .collect(Collectors.toUnmodifiableSet()));
    }

    private static String withoutTrailingSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static boolean isAscii(String value) {
        return value.chars().allMatch(c -> c > 0x20 && c < 0x7f);
    }
}
