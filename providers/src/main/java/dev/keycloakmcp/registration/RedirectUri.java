package dev.keycloakmcp.registration;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An admitted redirect URI.
 *
 * @param registered as the client sent it; what RFC 7591 and 7592 answers say
 * @param stored what Keycloak compares with: loopback URIs without their port, so that every port matches (RFC 8252
 *     7.3), all others unchanged
 * @param origin the web origin of http and https URIs, from which a browser-based client may call
 */
public record RedirectUri(String registered, String stored, Optional<String> origin) {

    private static final Pattern LOOPBACK_WITH_PORT =
            Pattern.compile("(http://(?:localhost|127\\.0\\.0\\.1|\\[::1]))(?::[0-9]+)?(.*)");

    private static final Pattern LOOPBACK =
            Pattern.compile("http://(?:localhost|127\\.0\\.0\\.1|\\[::1])(?::[0-9]+)?(?:[/?].*)?");

    private static final Pattern LOOPBACK_ORIGIN =
            Pattern.compile("(http://(?:localhost|127\\.0\\.0\\.1|\\[::1]))(?::[0-9]+)?");

    /** The form in which Keycloak compares a redirect URI: without its port where it is a loopback URI. */
    public static String compared(String registered) {
        Matcher loopback = LOOPBACK_WITH_PORT.matcher(registered);
        return loopback.matches() ? loopback.group(1) + loopback.group(2) : registered;
    }

    /** True when a redirect URI leads to a port of the computer on which the browser runs. */
    static boolean isLoopback(String uri) {
        return LOOPBACK.matcher(uri).matches();
    }

    private static final Pattern EXTENSION_REDIRECT =
            Pattern.compile("https://([a-p]{32})\\.chromiumapp\\.org(?:/.*)?");

    /**
     * True when a page of that web origin may be where a browser is sent, although the origin is not that of the redirect
     * URI. As redirects do, loopback origins match on any port (RFC 8252 7.3). A browser sends {@code
     * https://<id>.chromiumapp.org} to the extension with that id, whose pages have an origin of their own.
     *
     * @param stored a redirect URI in the form of {@link #stored()}
     * @param origin the value of an {@code Origin} header
     */
    public static boolean isOriginOf(String stored, String origin) {
        Matcher extension = EXTENSION_REDIRECT.matcher(stored);
        if (extension.matches()) {
            return origin.equals("chrome-extension://" + extension.group(1));
        }
        Matcher page = LOOPBACK_ORIGIN.matcher(origin);
        return page.matches() && (stored.equals(page.group(1)) || stored.startsWith(page.group(1) + "/"));
    }
}
