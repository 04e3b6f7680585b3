package dev.keycloakmcp.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRuleTest {

    private static final AddressRule PUBLIC = new AddressRule(false);
    private static final AddressRule PRIVATE_TOO = new AddressRule(true);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "100.63.255.255",
                "100.128.0.1",
                "172.15.255.255",
                "172.32.0.1",
                "192.167.255.255",
                "192.169.0.1",
                "198.17.255.255",
                "198.20.0.1",
                "223.255.255.255",
                "2606:4700:4700::1111",
                "2a00:1450:4001:80b::200e",
                "2001:200::1",
                "2001:4860:4860::8888"
            })
    void public_addresses_are_allowed(String address) throws UnknownHostException {
        assertThat(PUBLIC.allows(InetAddress.getByName(address))).isTrue();
        assertThat(PRIVATE_TOO.allows(InetAddress.getByName(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.255.255.254",
                "2130706433", // 127.0.0.1 in one number
                "127.1",
                "::1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "10.0.0.1",
                "10.255.255.255",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "100.64.0.1",
                "100.127.255.255",
                "fc00::1",
                "fdff:ffff::1"
            })
    void private_addresses_are_allowed_where_the_administrator_says_so(String address) throws UnknownHostException {
        assertThat(PUBLIC.allows(InetAddress.getByName(address))).isFalse();
        assertThat(PRIVATE_TOO.allows(InetAddress.getByName(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "169.254.169.254",
                "169.254.0.1",
                "192.0.0.170",
                "192.0.2.1",
                "192.88.99.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::2",
                "::127.0.0.1",
                "::8.8.8.8",
                "64:ff9b::7f00:1",
                "64:ff9b::808:808",
                "64:ff9b:1::a00:1",
                "100::1",
                "2001::1",
                "2001:0:7f00:1::",
                "2001:2::1",
                "2001:10::1",
                "2001:20::1",
                "2001:1ff::1",
                "2001:db8::1",
                "2002:7f00:1::",
                "2002:808:808::1",
                "2620:4f:8000::1",
                "3fff::1",
                "4000::1",
                "5f00::1",
                "fe80::1",
                "febf::1",
                "fec0::1",
                "feff::1",
                "ff02::1",
                "ff0e::1"
            })
    void special_addresses_are_never_allowed(String address) throws UnknownHostException {
        assertThat(PUBLIC.allows(InetAddress.getByName(address))).isFalse();
        assertThat(PRIVATE_TOO.allows(InetAddress.getByName(address))).isFalse();
    }

    /** Java makes an IPv4 address of a mapped one, unless it is told not to. */
    @ParameterizedTest
    @ValueSource(bytes = {127, 8, 10})
    void mapped_addresses_are_never_allowed(byte first) throws UnknownHostException {
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, first, 0, 0, 1};
        InetAddress address = Inet6Address.getByAddress("mapped.example", mapped, 0);
        assertThat(address.getAddress()).hasSize(16);
        assertThat(PUBLIC.allows(address)).isFalse();
        assertThat(PRIVATE_TOO.allows(address)).isFalse();
    }

    @Property
    void no_ipv4_address_that_java_knows_as_special_is_allowed(@ForAll @Size(4) byte[] bytes)
            throws UnknownHostException {
        assertHarmless(InetAddress.getByAddress(bytes));
    }

    @Property
    void no_ipv6_address_that_java_knows_as_special_is_allowed(@ForAll @Size(16) byte[] bytes)
            throws UnknownHostException {
        assertHarmless(InetAddress.getByAddress(bytes));
    }

    private static void assertHarmless(InetAddress address) {
        boolean special = address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress();
        if (PUBLIC.allows(address)) {
            assertThat(special).as(address.toString()).isFalse();
            assertThat(PRIVATE_TOO.allows(address)).isTrue();
        }
    }
}
