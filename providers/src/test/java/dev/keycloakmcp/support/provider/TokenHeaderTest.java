package dev.keycloakmcp.support.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenHeaderTest {

    private static String token(String header) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(header.getBytes(StandardCharsets.UTF_8))
                + ".e30.cw";
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "{}", "{\"alg\":null}", "{\"typ\":\"JWT\",\"kid\":null}"})
    void a_token_may_lack_its_algorithm(String header) {
        assertThat(TokenHeader.lacksAlgorithm(token(header))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"alg\":\"RS256\"}", "{\"alg\":\"none\"}", "{\"alg\":\"FOO\"}", "[]", "1", "\"x\""})
    void other_tokens_do_not(String header) {
        assertThat(TokenHeader.lacksAlgorithm(token(header))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a.b.c", "null", "x", "e30.a.b.c.d"})
    void what_is_no_token_does_not(String text) {
        assertThat(TokenHeader.lacksAlgorithm(text)).isFalse();
    }
}
