package dev.keycloakmcp.actor;

import static dev.keycloakmcp.actor.Exchanges.CRM;
import static dev.keycloakmcp.actor.Exchanges.DESK;
import static dev.keycloakmcp.actor.Exchanges.GATEWAY;
import static dev.keycloakmcp.actor.Exchanges.HELPDESK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IssuedTokenTest {

    private static final Optional<ActorChain> NONE = Optional.empty();
    private static final SignInActors NOBODY = new SignInActors(Optional.empty(), Optional.empty());
    private static final SignInActors CLIENT = new SignInActors(Optional.of(GATEWAY), Optional.empty());
    private static final SignInActors TAKEN_OVER = new SignInActors(Optional.of(GATEWAY), Optional.of(HELPDESK));

    private static Optional<ActorChain> chain(Actor... newestFirst) {
        return Optional.of(new ActorChain(Arrays.asList(newestFirst)));
    }

    private static Decision<Optional<ActorChain>> decide(
            TokenOrigin origin, Optional<ActorChain> decided, Optional<ActorChain> presented, SignInActors signIn) {
        return new IssuedToken(origin, decided, presented, GATEWAY, signIn).actors();
    }

    private static Optional<ActorChain> actors(
            TokenOrigin origin, Optional<ActorChain> decided, Optional<ActorChain> presented, SignInActors signIn) {
        Decision<Optional<ActorChain>> decision = decide(origin, decided, presented, signIn);
        assertThat(decision).isInstanceOf(Decision.Allow.class);
        return ((Decision.Allow<Optional<ActorChain>>) decision).value();
    }

    @Test
    void an_exchange_has_the_actors_that_its_policies_decided() {
        assertThat(actors(TokenOrigin.EXCHANGE, chain(GATEWAY, CRM), chain(DESK), TAKEN_OVER))
                .isEqualTo(chain(GATEWAY, CRM));
    }

    @Test
    void an_exchange_without_policies_adds_the_requester_to_the_subject_tokens_actors() {
        assertThat(actors(TokenOrigin.EXCHANGE, NONE, chain(CRM, DESK), NOBODY)).isEqualTo(chain(GATEWAY, CRM, DESK));
        assertThat(actors(TokenOrigin.EXCHANGE, NONE, NONE, NOBODY)).isEqualTo(chain(GATEWAY));
    }

    @Test
    void an_exchange_without_policies_never_cuts_a_chain() {
        List<Actor> most = IntStream.range(0, ActorChain.MAX_DEPTH)
                .mapToObj(i -> new Actor("sa-" + i, "agent-" + i))
                .toList();
        assertThat(decide(TokenOrigin.EXCHANGE, NONE, Optional.of(new ActorChain(most)), NOBODY))
                .isEqualTo(
                        Decision.deny(ReasonCode.CHAIN_TOO_DEEP, "The subject_token passed through too many actors."));
        assertThat(actors(TokenOrigin.EXCHANGE, NONE, Optional.of(new ActorChain(most.subList(1, most.size()))), NOBODY)
                        .map(ActorChain::depth))
                .contains(ActorChain.MAX_DEPTH);
    }

    @Test
    void a_refresh_keeps_the_actors_of_the_refresh_token() {
        assertThat(actors(TokenOrigin.REFRESH, NONE, chain(CRM, DESK), TAKEN_OVER))
                .isEqualTo(chain(CRM, DESK));
        assertThat(actors(TokenOrigin.REFRESH, chain(CRM), NONE, TAKEN_OVER)).isEqualTo(chain(GATEWAY, HELPDESK));
        assertThat(actors(TokenOrigin.REFRESH, NONE, NONE, NOBODY)).isEmpty();
    }

    @Test
    void a_sign_in_has_the_actors_of_its_session() {
        assertThat(actors(TokenOrigin.SIGN_IN, NONE, NONE, CLIENT)).isEqualTo(chain(GATEWAY));
        assertThat(actors(TokenOrigin.SIGN_IN, NONE, NONE, TAKEN_OVER)).isEqualTo(chain(GATEWAY, HELPDESK));
        assertThat(actors(TokenOrigin.SIGN_IN, chain(CRM), chain(CRM), NOBODY)).isEmpty();
    }

    @Test
    void another_grant_names_no_client_but_who_took_over_the_session() {
        assertThat(actors(TokenOrigin.OTHER, NONE, chain(CRM), TAKEN_OVER)).isEqualTo(chain(HELPDESK));
        assertThat(actors(TokenOrigin.OTHER, NONE, NONE, CLIENT)).isEmpty();
        assertThat(actors(TokenOrigin.OTHER, chain(CRM, DESK), NONE, TAKEN_OVER))
                .isEqualTo(chain(CRM, DESK));
    }

    @ParameterizedTest
    @EnumSource(
            value = TokenOrigin.class,
            names = {"SIGN_IN", "REFRESH", "OTHER"})
    void whoever_took_over_a_session_is_always_named(TokenOrigin origin) {
        assertThat(actors(origin, NONE, NONE, TAKEN_OVER).orElseThrow().actors())
                .contains(HELPDESK);
    }
}
