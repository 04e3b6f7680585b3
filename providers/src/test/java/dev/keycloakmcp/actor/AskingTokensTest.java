package dev.keycloakmcp.actor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AskingTokensTest {

    private static final String ID_TOKEN = "http://openid.net/specs/openid-connect-core-1_0.html#IDToken";

    private static AskingTokens form(Map<String, List<String>> form) {
        return AskingTokens.of(Optional.empty(), form);
    }

    @Test
    void one_token_says_who_asks() {
        assertThat(AskingTokens.of(Optional.of("bearer"), Map.of()).first()).contains("bearer");
        assertThat(form(Map.of("subject_token", List.of("subject"))).first()).contains("subject");
        assertThat(form(Map.of("claim_token", List.of("id"))).first()).contains("id");
        assertThat(form(Map.of(
                                "claim_token",
                                List.of("id"),
                                "claim_token_format",
                                List.of(ID_TOKEN.toUpperCase(Locale.ROOT))))
                        .first())
                .contains("id");
        assertThat(form(Map.of("subject_token", List.of("subject"))).areSeveral())
                .isFalse();
    }

    @Test
    void without_any_the_client_asks_for_itself() {
        assertThat(form(Map.of()).first()).isEmpty();
        assertThat(form(Map.of()).areSeveral()).isFalse();
    }

    @Test
    void claims_of_another_format_are_no_token() {
        Map<String, List<String>> claims = Map.of(
                "claim_token",
                List.of("claims"),
                "claim_token_format",
                List.of("urn:ietf:params:oauth:token-type:jwt"));
        assertThat(form(claims).first()).isEmpty();
        assertThat(AskingTokens.of(Optional.of("bearer"), claims).areSeveral()).isFalse();
    }

    @Test
    void an_empty_format_is_no_id_token() {
        assertThat(form(Map.of("claim_token", List.of("id"), "claim_token_format", List.of("")))
                        .first())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"Bearer, true", "DPoP, true", "ID, true", "Refresh, false", "Offline, false", "Logout, false", ", false"
    })
    void only_access_and_id_tokens_say_who_asks(String type, boolean may) {
        assertThat(AskingTokens.mayAsk(type)).isEqualTo(may);
    }

    @Test
    void any_two_are_several() {
        assertThat(AskingTokens.of(Optional.of("bearer"), Map.of("subject_token", List.of("subject")))
                        .areSeveral())
                .isTrue();
        assertThat(AskingTokens.of(Optional.of("bearer"), Map.of("claim_token", List.of("id")))
                        .areSeveral())
                .isTrue();
        assertThat(form(Map.of("subject_token", List.of("subject"), "claim_token", List.of("id")))
                        .areSeveral())
                .isTrue();
        assertThat(form(Map.of("subject_token", List.of("one", "two"))).areSeveral())
                .isTrue();
    }
}
