package dev.keycloakmcp.actor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keycloak.OAuth2Constants;

class TokenOriginTest {

    @ParameterizedTest
    @CsvSource({
        OAuth2Constants.AUTHORIZATION_CODE + ", SIGN_IN, true",
        OAuth2Constants.DEVICE_CODE_GRANT_TYPE + ", SIGN_IN, true",
        OAuth2Constants.CIBA_GRANT_TYPE + ", SIGN_IN, true",
        OAuth2Constants.REFRESH_TOKEN + ", REFRESH, true",
        OAuth2Constants.TOKEN_EXCHANGE_GRANT_TYPE + ", EXCHANGE, false",
        OAuth2Constants.JWT_AUTHORIZATION_GRANT + ", ASSERTION, false",
        OAuth2Constants.CLIENT_CREDENTIALS + ", OTHER, false",
        OAuth2Constants.PASSWORD + ", OTHER, false",
        OAuth2Constants.UMA_GRANT_TYPE + ", OTHER, false",
        "anything, OTHER, false"
    })
    void goes_by_the_grant(String grantType, TokenOrigin origin, boolean ofUserSignIn) {
        assertThat(TokenOrigin.of(grantType)).isEqualTo(origin);
        assertThat(origin.isUserSignIn()).isEqualTo(ofUserSignIn);
        assertThat(origin.namesItsClient()).isEqualTo(ofUserSignIn || origin == TokenOrigin.ASSERTION);
    }

    @Test
    void a_token_without_a_grant_is_of_another_origin() {
        assertThat(TokenOrigin.of(null)).isEqualTo(TokenOrigin.OTHER);
    }
}
