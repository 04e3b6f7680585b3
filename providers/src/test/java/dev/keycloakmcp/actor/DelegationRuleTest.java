package dev.keycloakmcp.actor;

import static dev.keycloakmcp.actor.Exchanges.DESK;
import static dev.keycloakmcp.actor.Exchanges.GATEWAY;
import static dev.keycloakmcp.resource.Servers.BOTH;
import static dev.keycloakmcp.resource.Servers.CRM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.resource.Servers;
import dev.keycloakmcp.resource.WhenMissing;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class DelegationRuleTest {

    private static final Set<String> ASSIGNED = Set.of("crm:read", "crm:write", "billing:read");
    private static final ChainRule CHAIN = new ChainRule(MayActRequirement.AUTO, 2);
    private static final DelegationRule RULE = rule(AllowedActors.ANY, ScopeLimit.TARGET, false);

    private static DelegationRule rule(AllowedActors allowed, ScopeLimit scopes, boolean refresh) {
        return new DelegationRule(CHAIN, false, allowed, WhenMissing.INFER, scopes, 300, refresh);
    }

    private static Decision<Delegation> decide(DelegationRule rule, Exchanges exchange, String... scopes) {
        Optional<Set<String>> requested = scopes.length == 0 ? Optional.empty() : Optional.of(Set.of(scopes));
        return rule.decide(
                exchange.request(),
                Servers.request(ASSIGNED, requested.orElse(Set.of()), CRM.resourceUrl()),
                requested,
                BOTH);
    }

    private static Delegation allowed(Decision<Delegation> decision) {
        assertThat(decision).isInstanceOf(Decision.Allow.class);
        return ((Decision.Allow<Delegation>) decision).value();
    }

    private static Optional<Set<String>> scopes(Decision<Delegation> decision) {
        return allowed(decision).narrowing().orElseThrow().requestedScopes();
    }

    @Test
    void a_token_is_for_one_server_the_requested_scopes_and_a_short_time() {
        assertThat(decide(RULE, new Exchanges().secondsLeft(900).act(DESK), "crm:read"))
                .isEqualTo(Decision.allow(new Delegation(
                        new ActorChain(List.of(GATEWAY, DESK)),
                        Optional.of(TokenNarrowing.to(CRM)
                                .withRequestedScopes(Optional.of(Set.of("crm:read")))
                                .with(TokenNarrowing.WhenEmpty.REFUSED)
                                .withMaxLifetime(300)),
                        300)));
    }

    @Test
    void without_a_scope_the_defaults_of_the_client_count() {
        Delegation delegation = allowed(decide(RULE, new Exchanges()));
        assertThat(delegation.narrowing().orElseThrow().requestedScopes()).isEmpty();
        assertThat(delegation.narrowing().orElseThrow().whenEmpty()).isEqualTo(TokenNarrowing.WhenEmpty.ISSUED);
    }

    @Test
    void openid_alone_asks_for_nothing_of_the_server() {
        Delegation delegation = allowed(decide(RULE, new Exchanges(), "openid"));
        assertThat(delegation.narrowing().orElseThrow().whenEmpty()).isEqualTo(TokenNarrowing.WhenEmpty.ISSUED);
    }

    @Test
    void a_scope_of_another_server_is_refused() {
        assertThat(decide(RULE, new Exchanges(), "billing:read").reason()).isEqualTo(ReasonCode.SCOPE_NOT_OWNED);
        assertThat(decide(RULE, new Exchanges(), "billing:read", "openid").reason())
                .isEqualTo(ReasonCode.SCOPE_NOT_OWNED);
    }

    @Test
    void subset_grants_no_more_than_the_subject_token_holds() {
        DelegationRule subset = rule(AllowedActors.ANY, ScopeLimit.SUBSET, false);
        Exchanges exchange = new Exchanges().scopes("crm:read", "profile");
        assertThat(scopes(decide(subset, exchange, "crm:read", "crm:write"))).contains(Set.of("crm:read"));
        assertThat(scopes(decide(subset, exchange, "crm:read", "openid"))).contains(Set.of("crm:read", "openid"));
        assertThat(scopes(decide(subset, exchange))).contains(Set.of("crm:read", "profile"));
        assertThat(decide(subset, exchange, "crm:write").reason()).isEqualTo(ReasonCode.SUBJECT_SCOPE_NOT_HELD);
        assertThat(scopes(decide(subset, new Exchanges().scopes()))).contains(Set.of());
    }

    private static AllowedActors clients(String... clientIds) {
        return new AllowedActors(Set.of(clientIds), Set.of());
    }

    private static ReasonCode reason(Set<String> clientIds, Set<String> roles, Exchanges exchange) {
        return decide(rule(new AllowedActors(clientIds, roles), ScopeLimit.TARGET, false), exchange)
                .reason();
    }

    @Test
    void only_those_who_are_listed_may_act() {
        assertThat(reason(Set.of("gateway"), Set.of(), new Exchanges())).isEqualTo(ReasonCode.OK);
        assertThat(reason(Set.of(), Set.of("agent-role", "x"), new Exchanges())).isEqualTo(ReasonCode.OK);
        assertThat(reason(Set.of("crm"), Set.of("agent-role"), new Exchanges())).isEqualTo(ReasonCode.OK);
        assertThat(reason(Set.of("crm"), Set.of(), new Exchanges())).isEqualTo(ReasonCode.ACTOR_NOT_ALLOWED);
        assertThat(reason(Set.of(), Set.of("x"), new Exchanges())).isEqualTo(ReasonCode.ACTOR_NOT_ALLOWED);
    }

    @Test
    void a_client_id_is_no_role_and_a_role_no_client_id() {
        assertThat(reason(Set.of("agent-role"), Set.of(), new Exchanges())).isEqualTo(ReasonCode.ACTOR_NOT_ALLOWED);
        assertThat(reason(Set.of(), Set.of("gateway"), new Exchanges())).isEqualTo(ReasonCode.ACTOR_NOT_ALLOWED);
    }

    @Test
    void all_who_act_have_to_be_listed() {
        Exchanges received =
                new Exchanges().behind(Exchanges.CRM).mayAct(MayAct.of(GATEWAY).toClaim());
        assertThat(reason(Set.of("gateway", "crm"), Set.of(), received)).isEqualTo(ReasonCode.OK);
        assertThat(reason(Set.of("gateway"), Set.of("other-role"), received)).isEqualTo(ReasonCode.OK);
        assertThat(reason(Set.of("gateway"), Set.of(), received)).isEqualTo(ReasonCode.ACTOR_NOT_ALLOWED);
        assertThat(reason(Set.of("crm"), Set.of(), received)).isEqualTo(ReasonCode.ACTOR_NOT_ALLOWED);
    }

    @Test
    void an_actor_token_can_be_required() {
        DelegationRule strict =
                new DelegationRule(CHAIN, true, AllowedActors.ANY, WhenMissing.INFER, ScopeLimit.TARGET, 300, false);
        assertThat(decide(strict, new Exchanges()).reason()).isEqualTo(ReasonCode.ACTOR_TOKEN_MISSING);
        assertThat(decide(
                                strict,
                                new Exchanges()
                                        .byToken()
                                        .mayAct(MayAct.of(GATEWAY).toClaim()))
                        .reason())
                .isEqualTo(ReasonCode.OK);
    }

    @Test
    void refresh_tokens_only_where_allowed() {
        Exchanges exchange = new Exchanges().asking(RequestedToken.REFRESH_TOKEN);
        assertThat(decide(RULE, exchange).reason()).isEqualTo(ReasonCode.EXCHANGE_REFRESH_NOT_ALLOWED);
        assertThat(decide(rule(AllowedActors.ANY, ScopeLimit.TARGET, true), exchange)
                        .reason())
                .isEqualTo(ReasonCode.OK);
    }

    @Test
    void the_chain_is_checked() {
        assertThat(decide(RULE, new Exchanges().act(DESK, new Actor("a", "b"))).reason())
                .isEqualTo(ReasonCode.CHAIN_TOO_DEEP);
    }

    @Test
    void the_target_is_checked() {
        Exchanges exchange = new Exchanges();
        assertThat(RULE.decide(
                                exchange.request(),
                                Servers.request(ASSIGNED, Set.of(), "https://other.example.com"),
                                Optional.empty(),
                                BOTH)
                        .reason())
                .isEqualTo(ReasonCode.RESOURCE_UNKNOWN);
        DelegationRule lenient =
                new DelegationRule(CHAIN, false, AllowedActors.ANY, WhenMissing.IGNORE, ScopeLimit.TARGET, 300, false);
        Decision<Delegation> decision = lenient.decide(
                exchange.request(), Servers.request(ASSIGNED, Set.of("profile")), Optional.of(Set.of("profile")), BOTH);
        assertThat(decision.reason()).isEqualTo(ReasonCode.NOT_TARGETED);
        assertThat(allowed(decision).narrowing()).isEmpty();
        assertThat(allowed(decision).lifetimeSeconds()).isEqualTo(60);
    }

    @Property
    void no_token_outlives_the_subject_token(
            @ForAll @IntRange(min = 1, max = 86400) int policy, @ForAll @LongRange(min = 1, max = 1L << 40) long left) {
        DelegationRule rule = new DelegationRule(
                CHAIN, false, AllowedActors.ANY, WhenMissing.INFER, ScopeLimit.TARGET, policy, false);
        Delegation delegation = allowed(decide(rule, new Exchanges().secondsLeft(left), "crm:read"));
        assertThat(delegation.lifetimeSeconds())
                .isEqualTo(Math.min(policy, left))
                .isEqualTo(delegation
                        .narrowing()
                        .orElseThrow()
                        .maxLifetimeSeconds()
                        .orElseThrow());
    }

    private static Decision<Delegation> refresh(
            DelegationRule rule, Optional<ActorChain> chain, List<Set<String>> roles, Set<Actor> inactive) {
        return rule.decideRefresh(
                chain,
                roles,
                inactive,
                Servers.request(ASSIGNED, Set.of("crm:read"), CRM.resourceUrl()),
                Optional.of(Set.of("crm:read")),
                BOTH);
    }

    @Test
    void a_refresh_is_decided_by_the_policy_of_today() {
        Optional<ActorChain> chain = Optional.of(new ActorChain(List.of(GATEWAY, DESK)));
        List<Set<String>> one = List.of(Set.of("agent-role"));
        DelegationRule rule = rule(clients("gateway"), ScopeLimit.TARGET, true);
        assertThat(refresh(rule, chain, one, Set.of()))
                .isEqualTo(Decision.allow(new Delegation(
                        chain.get(),
                        Optional.of(TokenNarrowing.to(CRM)
                                .withRequestedScopes(Optional.of(Set.of("crm:read")))
                                .with(TokenNarrowing.WhenEmpty.REFUSED)
                                .withMaxLifetime(300)),
                        300)));
        assertThat(refresh(RULE, chain, one, Set.of()).reason()).isEqualTo(ReasonCode.DELEGATION_REFRESH_ENDED);
        assertThat(refresh(rule, Optional.empty(), one, Set.of()).reason())
                .isEqualTo(ReasonCode.DELEGATION_REFRESH_ENDED);
        assertThat(refresh(rule, chain.flatMap(c -> c.then(new Actor("x", "y"))), one, Set.of())
                        .reason())
                .isEqualTo(ReasonCode.DELEGATION_REFRESH_ENDED);
        assertThat(refresh(rule(clients("other"), ScopeLimit.TARGET, true), chain, one, Set.of())
                        .reason())
                .isEqualTo(ReasonCode.DELEGATION_ACTOR_ENDED);
        assertThat(refresh(rule, chain, one, Set.of(DESK)).reason()).isEqualTo(ReasonCode.DELEGATION_ACTOR_ENDED);
    }

    @Test
    void a_refresh_is_held_to_all_who_acted_by_the_exchange() {
        Optional<ActorChain> chain = Optional.of(new ActorChain(List.of(GATEWAY, DESK)));
        List<Set<String>> two = List.of(Set.of("agent-role"), Set.of("desk-role"));
        DelegationRule gateway = rule(clients("gateway"), ScopeLimit.TARGET, true);
        assertThat(refresh(gateway, chain, two, Set.of()).reason()).isEqualTo(ReasonCode.DELEGATION_ACTOR_ENDED);
        assertThat(refresh(rule(clients("gateway", "desk"), ScopeLimit.TARGET, true), chain, two, Set.of())
                        .reason())
                .isEqualTo(ReasonCode.OK);
        assertThat(refresh(
                                rule(
                                        new AllowedActors(Set.of("gateway"), Set.of("desk-role")),
                                        ScopeLimit.TARGET,
                                        true),
                                chain,
                                two,
                                Set.of())
                        .reason())
                .isEqualTo(ReasonCode.OK);
        assertThat(refresh(gateway, chain, List.of(), Set.of()).reason()).isEqualTo(ReasonCode.DELEGATION_ACTOR_ENDED);
        assertThat(refresh(
                                rule(AllowedActors.ANY, ScopeLimit.TARGET, true),
                                chain,
                                List.of(Set.of(), Set.of(), Set.of()),
                                Set.of())
                        .reason())
                .isEqualTo(ReasonCode.DELEGATION_ACTOR_ENDED);
    }
}
