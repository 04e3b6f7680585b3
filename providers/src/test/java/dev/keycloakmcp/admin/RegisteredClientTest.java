package dev.keycloakmcp.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RegisteredClientTest {

    @Test
    void times_are_in_milliseconds_and_absent_where_unknown() {
        RegisteredClient used =
                RegisteredClient.of("a", "dcr-anonymous", 100, OptionalLong.of(200), OptionalLong.of(300));
        assertThat(used).isEqualTo(new RegisteredClient("a", "dcr-anonymous", 100_000, 200_000L, 300_000L));
        assertThat(RegisteredClient.of("a", "dcr-anonymous", 100, OptionalLong.empty(), OptionalLong.empty()))
                .isEqualTo(new RegisteredClient("a", "dcr-anonymous", 100_000, null, null));
    }

    @Test
    void an_expired_client_keeps_what_is_known_of_it() {
        RegisteredClient used = RegisteredClient.of("a", "x", 100, OptionalLong.of(200), OptionalLong.of(300));
        assertThat(RegisteredClient.Expired.of(used, "idle"))
                .isEqualTo(new RegisteredClient.Expired("a", "x", 100_000, 200_000L, "idle"));
    }
}
