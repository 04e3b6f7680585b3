package dev.keycloakmcp.actor;

import static dev.keycloakmcp.actor.Exchanges.GATEWAY;
import static dev.keycloakmcp.actor.Exchanges.HELPDESK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.policy.ActorChain;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SignInActorsTest {

    @Test
    void the_client_comes_before_who_took_over_the_session() {
        assertThat(new SignInActors(Optional.of(GATEWAY), Optional.of(HELPDESK)).chain())
                .contains(new ActorChain(List.of(GATEWAY, HELPDESK)));
        assertThat(new SignInActors(Optional.of(GATEWAY), Optional.empty()).chain())
                .contains(ActorChain.of(GATEWAY));
        assertThat(new SignInActors(Optional.empty(), Optional.of(HELPDESK)).chain())
                .contains(ActorChain.of(HELPDESK));
    }

    @Test
    void nobody_acts_where_neither_is_there() {
        assertThat(new SignInActors(Optional.empty(), Optional.empty()).chain()).isEmpty();
    }
}
