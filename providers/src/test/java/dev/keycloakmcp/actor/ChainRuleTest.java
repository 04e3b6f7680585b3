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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChainRuleTest {

    private static final ChainRule RULE = new ChainRule(MayActRequirement.AUTO, 4);

    private static Decision<ActorChain> decide(Exchanges exchange) {
        return RULE.decide(exchange.request());
    }

    private static ReasonCode reason(Exchanges exchange) {
        return decide(exchange).reason();
    }

    private static List<Actor> chain(Decision<ActorChain> decision) {
        assertThat(decision).isInstanceOf(Decision.Allow.class);
        return ((Decision.Allow<ActorChain>) decision).value().actors();
    }

    @Test
    void the_first_actor_begins_a_chain() {
        assertThat(chain(decide(new Exchanges()))).containsExactly(GATEWAY);
    }

    @Test
    void the_next_actor_comes_in_front() {
        assertThat(chain(decide(new Exchanges().act(DESK)))).containsExactly(GATEWAY, DESK);
    }

    @Test
    void an_actor_does_not_come_twice() {
        assertThat(reason(new Exchanges().act(GATEWAY))).isEqualTo(ReasonCode.ACTOR_REPEATED);
        assertThat(reason(new Exchanges().act(CRM, GATEWAY, DESK))).isEqualTo(ReasonCode.ACTOR_REPEATED);
        assertThat(reason(new Exchanges().act(new Actor("gateway", "gateway")))).isEqualTo(ReasonCode.ACTOR_REPEATED);
    }

    @Test
    void the_client_of_the_sign_in_goes_on_acting_without_a_new_hop() {
        assertThat(chain(decide(new Exchanges().act(GATEWAY).atLogin()))).containsExactly(GATEWAY);
        assertThat(chain(decide(new Exchanges().act(DESK).atLogin()))).containsExactly(GATEWAY, DESK);
        assertThat(reason(new Exchanges().act(DESK, GATEWAY).atLogin())).isEqualTo(ReasonCode.ACTOR_REPEATED);
    }

    @Test
    void a_recipient_of_an_actor_token_acts_in_front_of_who_sent_it() {
        Exchanges received = new Exchanges().behind(CRM);
        ChainRule rule = new ChainRule(MayActRequirement.NEVER, 4);
        assertThat(chain(rule.decide(received.request()))).containsExactly(GATEWAY, CRM);
        assertThat(chain(rule.decide(received.act(DESK).request()))).containsExactly(GATEWAY, CRM, DESK);
        assertThat(new ChainRule(MayActRequirement.NEVER, 2)
                        .decide(received.request())
                        .reason())
                .isEqualTo(ReasonCode.CHAIN_TOO_DEEP);
        assertThat(rule.decide(new Exchanges().behind(CRM).act(CRM).request()).reason())
                .isEqualTo(ReasonCode.ACTOR_REPEATED);
        assertThat(rule.decide(new Exchanges().behind(CRM).act(GATEWAY).request())
                        .reason())
                .isEqualTo(ReasonCode.ACTOR_REPEATED);
        assertThat(rule.decide(new Exchanges()
                                .behind(CRM)
                                .act(GATEWAY)
                                .atLogin()
                                .request())
                        .reason())
                .isEqualTo(ReasonCode.ACTOR_REPEATED);
        assertThat(chain(rule.decide(
                        new Exchanges().behind(CRM).act(CRM).atLogin().request())))
                .containsExactly(GATEWAY, CRM);
        assertThat(rule.decide(new Exchanges().behind(GATEWAY).request()).reason())
                .isEqualTo(ReasonCode.ACTOR_REPEATED);
        assertThat(rule.decide(new Exchanges()
                                .behind(CRM)
                                .subject(CRM.subject())
                                .request())
                        .reason())
                .isEqualTo(ReasonCode.ACTOR_IS_SUBJECT);
    }

    @Test
    void may_act_has_to_name_the_outermost_actor() {
        assertThat(reason(new Exchanges().behind(CRM))).isEqualTo(ReasonCode.MAY_ACT_MISSING);
        assertThat(reason(new Exchanges().behind(CRM).mayAct(MayAct.of(CRM).toClaim())))
                .isEqualTo(ReasonCode.MAY_ACT_MISMATCH);
        assertThat(chain(decide(
                        new Exchanges().behind(CRM).mayAct(MayAct.of(GATEWAY).toClaim()))))
                .containsExactly(GATEWAY, CRM);
    }

    @Test
    void nobody_acts_for_themselves() {
        assertThat(reason(new Exchanges().subject(GATEWAY.subject(), "other"))).isEqualTo(ReasonCode.ACTOR_IS_SUBJECT);
        assertThat(reason(new Exchanges().subject("other", GATEWAY.subject()))).isEqualTo(ReasonCode.ACTOR_IS_SUBJECT);
    }

    @Test
    void an_administrator_who_took_over_the_session_acted_first() {
        assertThat(chain(decide(new Exchanges().impersonator(HELPDESK)))).containsExactly(GATEWAY, HELPDESK);
        assertThat(chain(decide(new Exchanges().act(DESK).impersonator(HELPDESK))))
                .containsExactly(GATEWAY, DESK, HELPDESK);
        assertThat(chain(decide(new Exchanges().act(DESK, HELPDESK).impersonator(HELPDESK))))
                .containsExactly(GATEWAY, DESK, HELPDESK);
        assertThat(reason(new Exchanges().impersonator(GATEWAY))).isEqualTo(ReasonCode.ACTOR_REPEATED);
    }

    @Test
    void a_chain_too_deep_is_refused() {
        Actor[] three = {new Actor("1", "c1"), new Actor("2", "c2"), new Actor("3", "c3")};
        Actor[] four = {new Actor("1", "c1"), new Actor("2", "c2"), new Actor("3", "c3"), new Actor("4", "c4")};
        assertThat(chain(decide(new Exchanges().act(three)))).hasSize(4);
        assertThat(reason(new Exchanges().act(four))).isEqualTo(ReasonCode.CHAIN_TOO_DEEP);
        assertThat(reason(new Exchanges().act(three).impersonator(HELPDESK))).isEqualTo(ReasonCode.CHAIN_TOO_DEEP);
    }

    @Property
    void no_configuration_allows_more_than_eight(@ForAll @IntRange(min = 1, max = 8) int earlier) {
        Actor[] actors = IntStream.range(0, earlier)
                .mapToObj(i -> new Actor("s" + i, "c" + i))
                .toArray(Actor[]::new);
        Decision<ActorChain> decision = new ChainRule(MayActRequirement.NEVER, 100)
                .decide(new Exchanges().act(actors).request());
        if (earlier < 8) {
            assertThat(chain(decision)).hasSize(earlier + 1).startsWith(GATEWAY).endsWith(actors[earlier - 1]);
        } else {
            assertThat(decision.reason()).isEqualTo(ReasonCode.CHAIN_TOO_DEEP);
        }
    }

    @Test
    void what_is_no_chain_is_refused() {
        assertThat(reason(new Exchanges().rawAct("gateway"))).isEqualTo(ReasonCode.CHAIN_MALFORMED);
        assertThat(reason(new Exchanges().rawAct(Map.of()))).isEqualTo(ReasonCode.CHAIN_MALFORMED);
        assertThat(reason(new Exchanges().rawAct(List.of(Map.of("sub", "a"))))).isEqualTo(ReasonCode.CHAIN_MALFORMED);
    }

    @Test
    void all_actors_have_to_be_active() {
        assertThat(reason(new Exchanges().act(DESK).inactive(DESK))).isEqualTo(ReasonCode.ACTOR_INACTIVE);
    }

    @Test
    void the_subject_token_has_to_be_alive_meant_for_the_client_and_proven() {
        assertThat(reason(new Exchanges().secondsLeft(0))).isEqualTo(ReasonCode.SUBJECT_TOKEN_INVALID);
        assertThat(reason(new Exchanges().secondsLeft(1))).isEqualTo(ReasonCode.OK);
        assertThat(reason(new Exchanges().ofOthers())).isEqualTo(ReasonCode.SUBJECT_TOKEN_NOT_FOR_CLIENT);
        assertThat(reason(new Exchanges().unproven())).isEqualTo(ReasonCode.SUBJECT_TOKEN_UNPROVEN);
    }

    @Test
    void only_access_tokens_keep_a_chain() {
        assertThat(reason(new Exchanges().asking(RequestedToken.OTHER))).isEqualTo(ReasonCode.EXCHANGE_TOKEN_TYPE);
        assertThat(reason(new Exchanges().asking(RequestedToken.REFRESH_TOKEN))).isEqualTo(ReasonCode.OK);
    }

    @ParameterizedTest
    @EnumSource(MayActRequirement.class)
    void may_act_is_enforced_whatever_is_required(MayActRequirement requirement) {
        ChainRule rule = new ChainRule(requirement, 4);
        assertThat(rule.decide(new Exchanges()
                                .mayAct(MayAct.of(GATEWAY).toClaim())
                                .request())
                        .reason())
                .isEqualTo(ReasonCode.OK);
        assertThat(rule.decide(new Exchanges().mayAct(MayAct.of(CRM).toClaim()).request())
                        .reason())
                .isEqualTo(ReasonCode.MAY_ACT_MISMATCH);
        assertThat(rule.decide(new Exchanges().mayAct("gateway").request()).reason())
                .isEqualTo(ReasonCode.MAY_ACT_MALFORMED);
        assertThat(rule.decide(new Exchanges()
                                .mayAct(Map.of("sub", GATEWAY.subject(), "iss", "https://other.example"))
                                .request())
                        .reason())
                .isEqualTo(ReasonCode.MAY_ACT_MISMATCH);
    }

    @Test
    void a_person_is_not_the_client_that_the_person_acts_through() {
        Actor client = new Actor(GATEWAY.clientId(), GATEWAY.clientId());
        assertThat(reason(new Exchanges().act(client))).isEqualTo(ReasonCode.ACTOR_REPEATED);
        assertThat(reason(new Exchanges().person().act(client))).isEqualTo(ReasonCode.OK);
        assertThat(reason(new Exchanges().person().act(GATEWAY))).isEqualTo(ReasonCode.ACTOR_REPEATED);
    }

    @Test
    void may_act_is_required_as_configured() {
        assertThat(missing(MayActRequirement.NEVER, new Exchanges())).isFalse();
        assertThat(missing(MayActRequirement.NEVER, new Exchanges().byToken())).isFalse();
        assertThat(missing(MayActRequirement.NEVER, new Exchanges().byToken().person()))
                .isFalse();
        assertThat(missing(MayActRequirement.AUTO, new Exchanges().byToken().person()))
                .isTrue();
        assertThat(missing(MayActRequirement.AUTO, new Exchanges())).isFalse();
        assertThat(missing(MayActRequirement.AUTO, new Exchanges().byToken())).isTrue();
        assertThat(missing(MayActRequirement.ALWAYS, new Exchanges())).isTrue();
    }

    @Test
    void may_act_of_another_mapper_restricts_and_is_no_permission() {
        Exchanges named = new Exchanges().restricted().mayAct(MayAct.of(GATEWAY).toClaim());
        assertThat(missing(MayActRequirement.NEVER, named)).isFalse();
        assertThat(missing(MayActRequirement.AUTO, named)).isFalse();
        assertThat(missing(MayActRequirement.ALWAYS, named)).isTrue();
        Exchanges other = new Exchanges().restricted().mayAct(MayAct.of(CRM).toClaim());
        assertThat(reason(other)).isEqualTo(ReasonCode.MAY_ACT_MISMATCH);
    }

    private static boolean missing(MayActRequirement requirement, Exchanges exchange) {
        ReasonCode reason =
                new ChainRule(requirement, 4).decide(exchange.request()).reason();
        assertThat(reason).isIn(ReasonCode.OK, ReasonCode.MAY_ACT_MISSING);
        return reason == ReasonCode.MAY_ACT_MISSING;
    }

    @Test
    void token_types_have_the_names_of_rfc_8693() {
        assertThat(RequestedToken.of(null)).isEqualTo(RequestedToken.ACCESS_TOKEN);
        assertThat(RequestedToken.of("urn:ietf:params:oauth:token-type:access_token"))
                .isEqualTo(RequestedToken.ACCESS_TOKEN);
        assertThat(RequestedToken.of("urn:ietf:params:oauth:token-type:refresh_token"))
                .isEqualTo(RequestedToken.REFRESH_TOKEN);
        assertThat(RequestedToken.of("urn:ietf:params:oauth:token-type:id_token"))
                .isEqualTo(RequestedToken.OTHER);
        assertThat(RequestedToken.of("")).isEqualTo(RequestedToken.OTHER);
    }

    @Test
    void a_subject_is_delegated_when_it_says_so_in_any_way() {
        assertThat(new Exchanges().subjectToken().needsChain(false)).isFalse();
        assertThat(new Exchanges().subjectToken().needsChain(true)).isTrue();
        assertThat(new Exchanges().act(DESK).subjectToken().needsChain(false)).isTrue();
        assertThat(new Exchanges().mayAct("x").subjectToken().needsChain(false)).isTrue();
        assertThat(new Exchanges().impersonator(HELPDESK).subjectToken().needsChain(false))
                .isTrue();
    }

    @Test
    void kinds_have_the_names_that_events_carry() {
        assertThat(ActingParty.Kind.CLIENT.value()).isEqualTo("client");
        assertThat(ActingParty.Kind.USER.value()).isEqualTo("user");
        assertThat(new ActingParty(GATEWAY, ActingParty.Kind.CLIENT, "gateway", false, Set.of()).roles())
                .isEmpty();
        assertThat(Optional.of(GATEWAY)).contains(new Actor("sa-gateway", "gateway"));
    }

    @Test
    void people_who_act_through_one_client_are_different_actors() {
        Actor alice = new Actor("alice-id", "desk");
        Actor bob = new Actor("bob-id", "desk");
        assertThat(alice.isSameAs(bob)).isFalse();
        assertThat(alice.isSameAs(new Actor("alice-id", "other"))).isTrue();
        assertThat(new Actor("sa-1", "gateway").isSameAs(new Actor("gateway", "gateway")))
                .isTrue();
        assertThat(new Actor("gateway", "gateway").isSameAs(new Actor("sa-1", "gateway")))
                .isTrue();
        assertThat(new Actor("gateway", "gateway").isSameAs(new Actor("crm", "crm")))
                .isFalse();
    }
}
