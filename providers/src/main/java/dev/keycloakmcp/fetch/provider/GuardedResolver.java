package dev.keycloakmcp.fetch.provider;

import dev.keycloakmcp.fetch.AddressRule;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.apache.http.conn.DnsResolver;

/**
 * Resolves hosts to those of their addresses that may be connected to. It is asked for each connection, and the connection is
 * made to the addresses that it names: a host cannot show another address later. It is asked for addresses in any notation
 * as well.
 */
final class GuardedResolver implements DnsResolver {

    private final DnsResolver all;
    private final AddressRule rule;

    GuardedResolver(DnsResolver all, AddressRule rule) {
        this.all = all;
        this.rule = rule;
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] allowed =
                Arrays.stream(all.resolve(host)).filter(rule::allows).toArray(InetAddress[]::new);
        if (allowed.length == 0) {
            throw new AddressNotAllowedException(host);
        }
        return allowed;
    }

    /** The host has no address that may be connected to. */
    static final class AddressNotAllowedException extends UnknownHostException {

        private static final long serialVersionUID = 1L;

        AddressNotAllowedException(String host) {
            super(host);
        }
    }
}
