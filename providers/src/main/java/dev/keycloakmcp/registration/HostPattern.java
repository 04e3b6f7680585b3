package dev.keycloakmcp.registration;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A host that redirect URIs may have: {@code claude.ai}, or every host below a domain, {@code *.cursor.com}. A port may
 * follow, {@code mesh.example.com:8443} or {@code :*} for any; without one only the default port matches.
 *
 * <p>A star never stands for a label in punycode, which could imitate a name that the pattern's author knows.
 *
 * @param host the host in lower case, without the star
 * @param below true when the pattern means the hosts below and not the host itself
 * @param port the port, {@link #ANY_PORT}, or 443
 */
public record HostPattern(String host, boolean below, int port) {

    static final int ANY_PORT = 0;
    static final int HTTPS_PORT = 443;

    private static final int MAX_PORT = 65535;
    private static final String BELOW = "*.";
    private static final String PUNYCODE = "xn--";
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,4}");

    /**
     * Reads a pattern.
     *
     * @return empty where it is not a host, or would match a whole top-level domain
     */
    public static Optional<HostPattern> parse(String pattern) {
        String rest = pattern.trim().toLowerCase(Locale.ROOT);
        int port = HTTPS_PORT;
        int colon = rest.indexOf(':');
        if (colon >= 0) {
            String after = rest.substring(colon + 1);
            rest = rest.substring(0, colon);
            if ("*".equals(after)) {
                port = ANY_PORT;
            } else if (PORT.matcher(after).matches() && Integer.parseInt(after) <= MAX_PORT) {
                port = Integer.parseInt(after);
            } else {
                return Optional.empty();
            }
        }
        boolean below = rest.startsWith(BELOW);
        String host = below ? rest.substring(BELOW.length()) : rest;
        boolean tooWide = below && !host.contains(".");
        return tooWide || !isHost(host) ? Optional.empty() : Optional.of(new HostPattern(host, below, port));
    }

    /**
     * True when a host matches.
     *
     * @param candidate a host name in lower case
     * @param candidatePort its port, -1 for the default port of https
     */
    public boolean matches(String candidate, int candidatePort) {
        int actualPort = candidatePort < 0 ? HTTPS_PORT : candidatePort;
        if (!isHost(candidate) || port != ANY_PORT && port != actualPort) {
            return false;
        }
        if (!below) {
            return candidate.equals(host);
        }
        if (!candidate.endsWith("." + host)) {
            return false;
        }
        String star = candidate.substring(0, candidate.length() - host.length() - 1);
        return !star.startsWith(PUNYCODE) && !star.contains("." + PUNYCODE);
    }

    private static boolean isHost(String host) {
        for (String label : host.split("\\.", -1)) {
            if (!LABEL.matcher(label).matches()) {
                return false;
            }
        }
        return true;
    }
}
