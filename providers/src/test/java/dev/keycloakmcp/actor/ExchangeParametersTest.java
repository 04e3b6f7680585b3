package dev.keycloakmcp.actor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.OAuth2Constants;

class ExchangeParametersTest {

    private static final String ACCESS_TOKEN = OAuth2Constants.ACCESS_TOKEN_TYPE;

    private static ExchangeParameters read(Map<String, List<String>> form) {
        return ExchangeParameters.read(form).allowed().orElseThrow();
    }

    private static ExchangeParameters sent(String actorToken, String type) {
        Map<String, List<String>> form = new HashMap<>();
        if (actorToken != null) {
            form.put(OAuth2Constants.ACTOR_TOKEN, List.of(actorToken));
        }
        if (type != null) {
            form.put(OAuth2Constants.ACTOR_TOKEN_TYPE, List.of(type));
        }
        return read(form);
    }

    @Test
    void an_exchange_need_not_name_an_actor() {
        ExchangeParameters parameters = read(Map.of(OAuth2Constants.SUBJECT_TOKEN, List.of("ey")));
        assertThat(parameters)
                .isEqualTo(new ExchangeParameters(Optional.empty(), Optional.empty(), RequestedToken.ACCESS_TOKEN));
        assertThat(parameters.namesActor()).isFalse();
        assertThat(parameters.actorTokenToVerify()).isEqualTo(Decision.allow(Optional.empty()));
    }

    @Test
    void an_actor_token_comes_with_its_type() {
        ExchangeParameters parameters = sent("ey", ACCESS_TOKEN);
        assertThat(parameters.namesActor()).isTrue();
        assertThat(parameters.actorTokenToVerify()).isEqualTo(Decision.allow(Optional.of("ey")));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "ey, -",
                "-, " + ACCESS_TOKEN,
                "ey, " + OAuth2Constants.REFRESH_TOKEN_TYPE,
                "'', " + ACCESS_TOKEN,
                "ey, " + OAuth2Constants.ID_TOKEN_TYPE,
                "ey, ''"
            })
    void half_an_actor_token_or_another_type_is_denied(String actorToken, String type) {
        ExchangeParameters parameters = sent(actorToken, type);
        assertThat(parameters.namesActor()).isTrue();
        assertThat(parameters.actorTokenToVerify())
                .isEqualTo(Decision.deny(
                        ReasonCode.ACTOR_TOKEN_TYPE,
                        "actor_token and actor_token_type come together, and the type must be"
                                + " urn:ietf:params:oauth:token-type:access_token."));
    }

    @Test
    void a_jwt_is_an_access_token() {
        assertThat(sent("ey", OAuth2Constants.JWT_TOKEN_TYPE).actorTokenToVerify())
                .isEqualTo(Decision.allow(Optional.of("ey")));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"'', -", "-, ''", "'', ''"})
    void parameters_without_a_value_are_absent(String actorToken, String type) {
        ExchangeParameters parameters = sent(actorToken, type);
        assertThat(parameters.namesActor()).isFalse();
        assertThat(parameters.actorTokenToVerify()).isEqualTo(Decision.allow(Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                OAuth2Constants.SUBJECT_TOKEN,
                OAuth2Constants.SUBJECT_TOKEN_TYPE,
                OAuth2Constants.ACTOR_TOKEN,
                OAuth2Constants.ACTOR_TOKEN_TYPE,
                OAuth2Constants.REQUESTED_TOKEN_TYPE,
                OAuth2Constants.SCOPE
            })
    void what_may_come_once_is_denied_when_it_comes_twice(String name) {
        assertThat(ExchangeParameters.read(Map.of(name, List.of("a", "a"))))
                .isEqualTo(Decision.deny(
                        ReasonCode.EXCHANGE_PARAMETER_REPEATED, "The " + name + " parameter is sent more than once."));
        assertThat(ExchangeParameters.read(Map.of(name, List.of("a")))).isInstanceOf(Decision.Allow.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {OAuth2Constants.AUDIENCE, OAuth2Constants.RESOURCE})
    void a_target_may_be_repeated(String name) {
        assertThat(ExchangeParameters.read(Map.of(name, List.of("a", "b")))).isInstanceOf(Decision.Allow.class);
    }

    @Test
    void the_requested_token_is_read() {
        assertThat(read(Map.of(OAuth2Constants.REQUESTED_TOKEN_TYPE, List.of(OAuth2Constants.REFRESH_TOKEN_TYPE)))
                        .requested())
                .isEqualTo(RequestedToken.REFRESH_TOKEN);
        assertThat(read(Map.of(OAuth2Constants.REQUESTED_TOKEN_TYPE, List.of())).requested())
                .isEqualTo(RequestedToken.ACCESS_TOKEN);
    }
}
