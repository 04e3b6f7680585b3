package dev.keycloakmcp.actor;

import static dev.keycloakmcp.actor.Exchanges.CRM;
import static dev.keycloakmcp.actor.Exchanges.DESK;
import static dev.keycloakmcp.actor.Exchanges.GATEWAY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.KnownActors;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeycloakDelegationTest {

    private static final Optional<ActorChain> NONE = Optional.empty();

    /** Knows every actor but one client. */
    private record AllBut(String stopped) implements KnownActors {

        @Override
        public Standing client(String clientId) {
            return clientId.equals(stopped) ? Standing.STOPPED : Standing.ACTIVE;
        }

        @Override
        public Standing account(Actor actor) {
            return Standing.ACTIVE;
        }

        @Override
        public Standing administrator(String userId) {
            return Standing.UNKNOWN;
        }
    }

    private static Optional<ActorChain> chain(Actor... newestFirst) {
        return Optional.of(new ActorChain(Arrays.asList(newestFirst)));
    }

    private static Decision<Optional<ActorChain>> check(Optional<ActorChain> earlier, Optional<ActorChain> written) {
        return new KeycloakDelegation(earlier, written).check(new AllBut("crm"));
    }

    @Test
    void a_chain_that_got_longer_is_allowed() {
        assertThat(check(chain(DESK), chain(GATEWAY, DESK))).isEqualTo(Decision.allow(chain(GATEWAY, DESK)));
        assertThat(check(chain(DESK), chain(DESK))).isEqualTo(Decision.allow(chain(DESK)));
        assertThat(check(NONE, chain(GATEWAY))).isEqualTo(Decision.allow(chain(GATEWAY)));
        assertThat(check(NONE, NONE)).isEqualTo(Decision.allow(NONE));
    }

    @Test
    void a_chain_that_lost_an_actor_is_denied() {
        Decision<Optional<ActorChain>> denied = Decision.deny(
                ReasonCode.EXCHANGE_UNSUPPORTED, "This kind of token exchange loses actors of the subject_token.");
        assertThat(check(chain(DESK), chain(GATEWAY))).isEqualTo(denied);
        assertThat(check(chain(GATEWAY, DESK), chain(GATEWAY))).isEqualTo(denied);
        assertThat(check(chain(DESK), NONE)).isEqualTo(denied);
    }

    @Test
    void an_actor_who_was_stopped_is_denied() {
        assertThat(check(NONE, chain(GATEWAY, CRM)))
                .isEqualTo(
                        Decision.deny(ReasonCode.ACTOR_INACTIVE, "An actor of the delegation is not active any more."));
    }
}
