package dev.keycloakmcp.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.admin.ExplainRequest.Grant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which requests can be explained. */
class ExplainRequestTest {

    private static Optional<String> problem(Grant grant, Optional<String> user, String... chain) {
        return new ExplainRequest(grant, "client", user, Optional.empty(), Optional.empty(), List.of(chain), false)
                .problem();
    }

    @Test
    void grants_have_their_names() {
        assertThat(Grant.of("authorization_code")).contains(Grant.AUTHORIZATION_CODE);
        assertThat(Grant.of("refresh_token")).contains(Grant.REFRESH_TOKEN);
        assertThat(Grant.of("client_credentials")).contains(Grant.CLIENT_CREDENTIALS);
        assertThat(Grant.of("token_exchange")).contains(Grant.TOKEN_EXCHANGE);
        assertThat(Grant.of("password")).isEmpty();
    }

    @Test
    void people_are_for_all_grants_but_that_of_machines() {
        assertThat(problem(Grant.CLIENT_CREDENTIALS, Optional.empty())).isEmpty();
        assertThat(problem(Grant.CLIENT_CREDENTIALS, Optional.of("alice")).orElseThrow())
                .startsWith("user is not for");
        for (Grant grant : List.of(Grant.AUTHORIZATION_CODE, Grant.REFRESH_TOKEN, Grant.TOKEN_EXCHANGE)) {
            assertThat(problem(grant, Optional.of("alice"))).isEmpty();
            assertThat(problem(grant, Optional.empty())).contains("user is missing");
        }
    }

    @Test
    void a_chain_is_for_an_exchange() {
        assertThat(problem(Grant.TOKEN_EXCHANGE, Optional.of("alice"), "desk")).isEmpty();
        assertThat(problem(Grant.REFRESH_TOKEN, Optional.of("alice"), "desk").orElseThrow())
                .startsWith("chain is for");
        assertThat(problem(Grant.CLIENT_CREDENTIALS, Optional.empty(), "desk")).isPresent();
    }
}
