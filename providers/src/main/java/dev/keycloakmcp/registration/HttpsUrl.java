package dev.keycloakmcp.registration;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/** A URL that people may be shown and led to, or keys be fetched from: https, to a host, without user information. */
public final class HttpsUrl {

    private HttpsUrl() {}

    /** The URL; empty where the text is anything else. */
    public static Optional<URI> parse(String text) {
        try {
            URI uri = new URI(text);
            boolean good = "https".equals(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && text.chars().allMatch(c -> c > 0x20 && c < 0x7f);
            return good ? Optional.of(uri) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
