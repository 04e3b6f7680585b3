package dev.keycloakmcp.actor.provider;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.keycloak.protocol.oidc.tokenexchange.StandardTokenExchangeProviderFactory;

class McpTokenExchangeProviderFactoryTest {

    /** Keycloak's own delegation has the order 15 from 26.8 on. */
    private static final int DELEGATION = 15;

    @Test
    void it_is_asked_long_before_the_exchanges_of_keycloak() {
        int order = new McpTokenExchangeProviderFactory().order();
        assertThat(order).isGreaterThanOrEqualTo(new StandardTokenExchangeProviderFactory().order() + 100);
        assertThat(order).isGreaterThanOrEqualTo(DELEGATION + 90);
    }
}
