package dev.keycloakmcp.actor;

import static dev.keycloakmcp.actor.Exchanges.CRM;
import static dev.keycloakmcp.actor.Exchanges.GATEWAY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.actor.ActorToken.Recipient;
import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ActorTokenTest {

    private static final ActingParty AGENT =
            new ActingParty(GATEWAY, ActingParty.Kind.CLIENT, "gateway", true, Set.of());
    private static final ActingParty PERSON =
            new ActingParty(new Actor("bob-id", "gateway"), ActingParty.Kind.USER, "bob", true, Set.of());

    private static final ActingParty REQUESTER = new ActingParty(CRM, ActingParty.Kind.CLIENT, "crm", false, Set.of());

    private static Decision<ActingParties> prove(ActingParty party, @Nullable Object act, TokenOrigin origin) {
        return new ActorToken(party, act, origin, false, Recipient.HOLDER, true).prove(REQUESTER);
    }

    private static ReasonCode reason(boolean ofAnother, boolean forRequester, boolean proven) {
        return new ActorToken(
                        AGENT,
                        null,
                        TokenOrigin.OTHER,
                        ofAnother,
                        forRequester ? Recipient.AUDIENCE : Recipient.NONE,
                        proven)
                .prove(REQUESTER)
                .reason();
    }

    @Test
    void who_only_received_the_token_acts_and_the_proven_party_stands_behind() {
        assertThat(new ActorToken(AGENT, null, TokenOrigin.OTHER, false, Recipient.AUDIENCE, true).prove(REQUESTER))
                .isEqualTo(Decision.allow(new ActingParties(REQUESTER, Optional.of(AGENT))));
    }

    @ParameterizedTest
    @EnumSource(
            value = TokenOrigin.class,
            names = {"SIGN_IN", "REFRESH", "OTHER"})
    void a_partys_own_token_proves_it(TokenOrigin origin) {
        assertThat(prove(AGENT, null, origin)).isEqualTo(Decision.allow(ActingParties.of(AGENT)));
        assertThat(prove(PERSON, null, origin)).isEqualTo(Decision.allow(ActingParties.of(PERSON)));
    }

    @Test
    void a_persons_token_may_name_the_client_it_was_issued_to() {
        assertThat(prove(PERSON, ActorChain.of(GATEWAY).toClaim(), TokenOrigin.SIGN_IN))
                .isEqualTo(Decision.allow(ActingParties.of(PERSON)));
    }

    @Test
    void a_token_by_which_another_acts_is_nobodys_own() {
        List<Object> others = List.of(
                ActorChain.of(CRM).toClaim(), new ActorChain(List.of(GATEWAY, CRM)).toClaim(), Map.of(), "gateway");
        assertThat(others).allSatisfy(act -> assertThat(prove(PERSON, act, TokenOrigin.SIGN_IN))
                .isEqualTo(Decision.deny(
                        ReasonCode.ACTOR_TOKEN_DELEGATED,
                        "The actor_token is a delegated token; send the actor's own.")));
    }

    @Test
    void a_token_of_an_exchange_is_a_delegated_one() {
        assertThat(prove(AGENT, null, TokenOrigin.EXCHANGE).reason()).isEqualTo(ReasonCode.ACTOR_TOKEN_DELEGATED);
        assertThat(prove(PERSON, ActorChain.of(GATEWAY).toClaim(), TokenOrigin.EXCHANGE)
                        .reason())
                .isEqualTo(ReasonCode.ACTOR_TOKEN_DELEGATED);
    }

    @Test
    void a_token_that_another_got_proves_nobody() {
        assertThat(reason(true, true, true)).isEqualTo(ReasonCode.ACTOR_TOKEN_DELEGATED);
        assertThat(reason(false, true, true)).isEqualTo(ReasonCode.OK);
    }

    @Test
    void a_token_for_others_is_named_first_then_a_missing_proof() {
        assertThat(reason(true, false, false)).isEqualTo(ReasonCode.ACTOR_TOKEN_NOT_FOR_CLIENT);
        assertThat(reason(false, false, true)).isEqualTo(ReasonCode.ACTOR_TOKEN_NOT_FOR_CLIENT);
        assertThat(reason(true, true, false)).isEqualTo(ReasonCode.ACTOR_TOKEN_UNPROVEN);
    }
}
