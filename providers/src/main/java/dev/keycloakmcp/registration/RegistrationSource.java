package dev.keycloakmcp.registration;

import java.util.Locale;

/** The source of a registration, by which registrations are counted. */
public final class RegistrationSource {

    private static final int NETWORK_GROUPS = 4;

    private RegistrationSource() {}

    /**
     * The source that an address stands for: an IPv4 address, or the /64 network of an IPv6 address, all of which one
     * household has.
     *
     * @param address an address as the server sees it, behind a proxy by its proxy settings
     */
    public static String of(String address) {
        String plain = address.toLowerCase(Locale.ROOT).replaceAll("[\\[\\]]|%.*", "");
        if (!plain.contains(":") || plain.contains(".")) {
            return plain.substring(plain.lastIndexOf(':') + 1);
        }
        String[] halves = plain.split("::", 2);
        String[] head = groups(halves[0]);
        String[] tail = halves.length > 1 ? groups(halves[1]) : new String[0];
        int zeros = halves.length > 1 ? 2 * NETWORK_GROUPS - head.length - tail.length : 0;
        StringBuilder network = new StringBuilder();
        for (int at = 0; at < NETWORK_GROUPS; at++) {
            String group = "0";
            if (at < head.length) {
                group = head[at];
            } else if (at >= head.length + zeros && at - head.length - zeros < tail.length) {
                group = tail[at - head.length - zeros];
            }
            network.append(group.replaceFirst("^0+(?=.)", "")).append(':');
        }
        return network.append(":/64").toString();
    }

    private static String[] groups(String half) {
        return half.isEmpty() ? new String[0] : half.split(":", -1);
    }
}
