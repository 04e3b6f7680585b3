package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.ActingParties;
import dev.keycloakmcp.actor.DelegationRule;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.RequestFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;

/**
 * The state of delegation in the current request: the one holder in the Keycloak session, which lives as long as it.
 *
 * <p>It is filled in this order. The executor adds its policies, before tokens are verified. The exchange, or the grant
 * that takes a token as proof, sets the actors that it decided. A mapper sets those of a sign-in, and who may act. The
 * post-processor reads all of it and writes the claims.
 */
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
    private @Nullable ActingParties acting;
    private @Nullable MayActClaim mayAct;
    private long notAfter = Long.MAX_VALUE;
    private boolean exchanged;
    private boolean exchangedByUnknown;
    private boolean leftToKeycloak;
    private boolean handedOver;

    private DelegationState() {}

    /** The state of the current request, begun where there is none. */
    static DelegationState of(KeycloakSession session) {
        DelegationState state = session.getAttribute(ATTRIBUTE, DelegationState.class);
        if (state == null) {
            state = new DelegationState();
            session.setAttribute(ATTRIBUTE, state);
        }
        return state;
    }

    /** Adds a policy to those that decide on the exchange. */
    void add(Policy policy) {
        policies.add(policy);
    }

    List<Policy> policies() {
        return List.copyOf(policies);
    }

    /** Leaves the exchange to Keycloak's own delegation, where there is one. */
    void leaveToKeycloak() {
        leftToKeycloak = true;
    }

    boolean isLeftToKeycloak() {
        return leftToKeycloak;
    }

    /**
     * Says that Keycloak's own delegation makes the token of this request.
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

    /** Sets the actors of the request's tokens. */
    void actsBy(ActorChain actors) {
        chain = actors;
    }

    /** The actors of the request's tokens, as far as they are decided. */
    Optional<ActorChain> chain() {
        return Optional.ofNullable(chain);
    }

    /** Sets the parties that act by an exchange, and the actors that it decided. */
    void exchangedBy(ActingParties parties, ActorChain actors) {
        chain = actors;
        acting = parties;
        exchanged();
    }

    /** Says that the request's tokens are made of delegated ones. */
    void exchanged() {
        exchanged = true;
    }

    boolean isExchanged() {
        return exchanged;
    }

    /** Says whether an exchange is behind the request's tokens of which no actor is known. */
    void exchangedByUnknown(boolean behind) {
        exchangedByUnknown = behind;
    }

    /** True when an exchange is behind the request's tokens, whether or not its actors are known. */
    boolean isOfExchange() {
        return exchanged || exchangedByUnknown;
    }

    /** The parties that act by an exchange. */
    Optional<ActingParties> acting() {
        return Optional.ofNullable(acting);
    }

    /** Sets the {@code may_act} claim of the request's tokens. */
    void mayAct(MayActClaim claim) {
        mayAct = claim;
    }

    Optional<MayActClaim> mayAct() {
        return Optional.ofNullable(mayAct);
    }

    /** Makes the access token expire then at the latest, seconds since the epoch. */
    void notAfter(long time) {
        notAfter = Math.min(notAfter, time);
    }

    long notAfter() {
        return notAfter;
    }
}
