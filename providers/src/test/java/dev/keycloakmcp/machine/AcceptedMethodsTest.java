package dev.keycloakmcp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AcceptedMethodsTest {

    private static final List<String> KEYCLOAKS_METHODS = List.of(
            "private_key_jwt", "client_secret_basic", "client_secret_post", "tls_client_auth", "client_secret_jwt");
    private static final List<String> KEYCLOAKS_ALGORITHMS =
            List.of("PS384", "RS256", "EdDSA", "ES512", "HS256", "HS512");

    private static AcceptedMethods accepted(String... methods) {
        return new AcceptedMethods(Set.of(methods));
    }

    @Test
    void methods_that_would_be_refused_are_not_announced() {
        assertThat(accepted("private_key_jwt", "client_secret_post").methodsAmong(KEYCLOAKS_METHODS))
                .containsExactly("private_key_jwt", "client_secret_post");
        assertThat(accepted("federated-jwt").methodsAmong(KEYCLOAKS_METHODS)).isEmpty();
    }

    @Test
    void public_clients_are_no_agents() {
        assertThat(accepted("private_key_jwt").methodsAmong(List.of("none", "client_secret_basic")))
                .containsExactly("none");
    }

    @Test
    void algorithms_fit_the_methods() {
        assertThat(accepted("private_key_jwt").algorithmsAmong(KEYCLOAKS_ALGORITHMS))
                .containsExactly("PS384", "RS256", "EdDSA", "ES512");
        assertThat(accepted("client_secret_jwt").algorithmsAmong(KEYCLOAKS_ALGORITHMS))
                .containsExactly("HS256", "HS512");
        assertThat(accepted("private_key_jwt", "client_secret_jwt").algorithmsAmong(KEYCLOAKS_ALGORITHMS))
                .isEqualTo(KEYCLOAKS_ALGORITHMS);
        assertThat(accepted("client_secret_basic").algorithmsAmong(KEYCLOAKS_ALGORITHMS))
                .isEmpty();
    }
}
