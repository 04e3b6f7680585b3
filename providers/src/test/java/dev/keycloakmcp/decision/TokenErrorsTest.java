package dev.keycloakmcp.decision;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenErrorsTest {

    @ParameterizedTest
    @CsvSource({
        "not_allowed, invalid_grant",
        "invalid_token, invalid_request",
        "invalid_issuer, invalid_request",
        "invalid_grant, invalid_grant",
        "use_dpop_nonce, use_dpop_nonce",
    })
    void codesThatOAuthClientsDoNotKnowAreOnesThatTheyKnow(String keycloaks, String answered) {
        assertThat(TokenErrors.inOAuth(keycloaks)).isEqualTo(answered);
    }
}
