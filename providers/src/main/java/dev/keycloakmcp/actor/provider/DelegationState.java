package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.ActingParty;
import dev.keycloakmcp.actor.DelegationRule;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.provider.RequestFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;

/** Who acts in the current request, as it is found out. Lives as long as the Keycloak session. */
final class DelegationState {

    /**
     * A policy that has a say in an exchange, once the tokens are verified.
     *
     * @param id of the executor
     */
    record Policy(String id, EnforcementMode mode, DelegationRule rule, RequestFacts facts) {}

    private static final String ATTRIBUTE = DelegationState.class.getName();

    private final List<Policy> policies = new ArrayList<>();
    private @Nullable ActorChain chain;
    private @Nullable ActingParty party;
    private @Nullable Map<String, Object> mayAct;
    private long notAfter = Long.MAX_VALUE;
    private boolean exchanged;
    private boolean leftToKeycloak;
    private boolean handedOver;

    private DelegationState() {}

    static DelegationState of(KeycloakSession session) {
        DelegationState state = session.getAttribute(ATTRIBUTE, DelegationState.class);
        if (state == null) {
            state = new DelegationState();
            session.setAttribute(ATTRIBUTE, state);
        }
        return state;
    }

    void add(Policy policy) {
        policies.add(policy);
    }

    List<Policy> policies() {
        return List.copyOf(policies);
    }

    /** The policy wants Keycloak's own delegation, where there is one. */
    void leaveToKeycloak() {
        leftToKeycloak = true;
    }

    boolean isLeftToKeycloak() {
        return leftToKeycloak;
    }

    /**
     * Keycloak's own delegation makes the token of this request.
     *
     * @param actors those of the subject token
     */
    void handOver(Optional<ActorChain> actors) {
        handedOver = true;
        actors.ifPresent(this::actsBy);
    }

    boolean isHandedOver() {
        return handedOver;
    }

    /** Who acts in the tokens of this request. */
    void actsBy(ActorChain actors) {
        chain = actors;
    }

    Optional<ActorChain> chain() {
        return Optional.ofNullable(chain);
    }

    /** The tokens of this request are delegated by exchange. */
    void exchangedBy(ActingParty acting, ActorChain actors) {
        chain = actors;
        party = acting;
        exchanged();
    }

    /** The tokens of this request are made of delegated ones. */
    void exchanged() {
        exchanged = true;
    }

    Optional<ActingParty> party() {
        return Optional.ofNullable(party);
    }

    boolean isExchanged() {
        return exchanged;
    }

    /** Who may act by the tokens of this request. */
    void mayAct(Map<String, Object> claim) {
        mayAct = claim;
    }

    Optional<Map<String, Object>> mayAct() {
        return Optional.ofNullable(mayAct);
    }

    /** The access token expires then at the latest, seconds since the epoch. */
    void notAfter(long time) {
        notAfter = Math.min(notAfter, time);
    }

    long notAfter() {
        return notAfter;
    }
}
