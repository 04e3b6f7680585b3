package dev.keycloakmcp.policy.provider;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.JsonWebToken;

class ExchangeMarkTest {

    @Test
    void an_access_token_says_whether_an_exchange_is_behind_it() {
        AccessToken token = new AccessToken();
        assertThat(ExchangeMark.isOn(token)).isFalse();
        ExchangeMark.set(token, true);
        assertThat(ExchangeMark.isOn(token)).isTrue();
        ExchangeMark.set(token, false);
        assertThat(token.getOtherClaims()).isEmpty();
    }

    @Test
    void nobody_else_writes_it() {
        AccessToken token = new AccessToken();
        token.setOtherClaims(DelegationClaims.EXCHANGED, false);
        assertThat(ExchangeMark.isOn(token)).isTrue();
        ExchangeMark.set(token, false);
        assertThat(ExchangeMark.isOn(token)).isFalse();
    }

    @Test
    void a_refresh_token_tells_an_exchange_without_actors_from_one_with() {
        JsonWebToken without = new JsonWebToken();
        ExchangeMark.setWithoutActors(without);
        assertThat(ExchangeMark.isOn(without)).isTrue();
        assertThat(DelegationClaims.isExchanged(without)).isFalse();
        JsonWebToken with = new JsonWebToken();
        DelegationClaims.exchange(with, 2);
        assertThat(ExchangeMark.isOn(with)).isTrue();
        assertThat(DelegationClaims.isExchanged(with)).isTrue();
        assertThat(DelegationClaims.acting(with)).isEqualTo(2);
    }
}
