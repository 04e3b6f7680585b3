package dev.keycloakmcp.fetch;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;

/**
 * The addresses that this server may connect to when somebody else named the host: those of the public internet. Addresses of
 * the special-purpose registries (RFC 6890) lead to this computer, to its network, to everybody at once, or to wherever a
 * gateway translates them.
 *
 * @param privateAllowed true when hosts may be on this computer and in private networks, for intranets and tests
 */
public record AddressRule(boolean privateAllowed) {

    private static final int IPV4_BYTES = 4;

    /** This computer and private networks. */
    private static final List<Block> PRIVATE = blocks(
            "127.0.0.0/8", // loopback
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "100.64.0.0/10", // shared by the customers of a provider (CGNAT)
            "::1/128",
            "fc00::/7"); // unique local

    /** Of IPv4, what is neither private nor public. */
    private static final List<Block> SPECIAL_IPV4 = blocks(
            "0.0.0.0/8", // this network
            "169.254.0.0/16", // link-local, and the metadata services of clouds
            "192.0.0.0/24", // protocol assignments, NAT64 discovery among them
            "192.0.2.0/24", // documentation
            "192.31.196.0/24", // AS112
            "192.52.193.0/24", // automatic multicast tunneling
            "192.88.99.0/24", // 6to4 relays
            "192.175.48.0/24", // AS112
            "198.18.0.0/15", // benchmarks
            "198.51.100.0/24", // documentation
            "203.0.113.0/24", // documentation
            "224.0.0.0/4", // multicast
            "240.0.0.0/4"); // reserved, and broadcast

    /** All that is assigned of IPv6 to single hosts. What carries an IPv4 address (mapped, NAT64) is outside. */
    private static final List<Block> GLOBAL_IPV6 = blocks("2000::/3");

    /** Of that, what is not public. */
    private static final List<Block> SPECIAL_IPV6 = blocks(
            "2001::/23", // protocol assignments: Teredo, benchmarks, ORCHID
            "2001:db8::/32", // documentation
            "2002::/16", // 6to4
            "2620:4f:8000::/48", // AS112
            "3fff::/20"); // documentation

    /** True when the server may connect to an address. */
    public boolean allows(InetAddress address) {
        return isPrivate(address) ? privateAllowed : isPublic(address);
    }

    private static boolean isPrivate(InetAddress address) {
        return holds(PRIVATE, address);
    }

    private static boolean isPublic(InetAddress address) {
        return address.getAddress().length == IPV4_BYTES
                ? !holds(SPECIAL_IPV4, address)
                : holds(GLOBAL_IPV6, address) && !holds(SPECIAL_IPV6, address);
    }

    private static boolean holds(List<Block> blocks, InetAddress address) {
        return blocks.stream().anyMatch(block -> block.holds(address.getAddress()));
    }

    private static List<Block> blocks(String... texts) {
        return Stream.of(texts).map(Block::parse).toList();
    }

    /** Addresses that begin with the same bits. */
    private record Block(List<Byte> prefix, int bits) {

        static Block parse(String text) {
            String[] parts = text.split("/", -1);
            try {
                // A literal is not looked up.
                byte[] bytes = InetAddress.getByName(parts[0]).getAddress();
                return new Block(boxed(bytes), Integer.parseInt(parts[1]));
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException(text, e);
            }
        }

        boolean holds(byte[] address) {
            if (address.length != prefix.size()) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> bit % Byte.SIZE;
                if (((prefix.get(bit / Byte.SIZE) ^ address[bit / Byte.SIZE]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }

        private static List<Byte> boxed(byte[] bytes) {
            Byte[] boxed = new Byte[bytes.length];
            for (int at = 0; at < bytes.length; at++) {
                boxed[at] = bytes[at];
            }
            return List.of(boxed);
        }
    }
}
