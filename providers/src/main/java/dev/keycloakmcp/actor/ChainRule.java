package dev.keycloakmcp.actor;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rule for every exchange of a token that says who acts or who may act: the chain gets longer by those who act, never
 * shorter, and only by one who may.
 *
 * @param requireMayAct the cases in which the subject token has to name the actor
 * @param maxDepth most actors of a chain, never more than {@link ActorChain#MAX_DEPTH}
 */
public record ChainRule(MayActRequirement requireMayAct, int maxDepth) {

    public ChainRule {
        maxDepth = Math.min(maxDepth, ActorChain.MAX_DEPTH);
    }

    /** The rule where no policy has a say. */
    public static final ChainRule WITHOUT_POLICY = new ChainRule(MayActRequirement.AUTO, ActorChain.MAX_DEPTH);

    /** The rule whatever policies say, or report: the token itself is obeyed. */
    public static final ChainRule WHATEVER_POLICY = new ChainRule(MayActRequirement.NEVER, ActorChain.MAX_DEPTH);

    /** The chain of the token that the exchange issues. */
    public Decision<ActorChain> decide(ExchangeRequest request) {
        DelegatedSubject subject = request.subject();
        if (request.requested() == RequestedToken.OTHER) {
            return Decision.deny(
                    ReasonCode.EXCHANGE_TOKEN_TYPE,
                    "The requested_token_type must be urn:ietf:params:oauth:token-type:access_token.");
        }
        if (subject.secondsLeft() <= 0) {
            return DelegationDenials.subjectTokenInvalid();
        }
        if (!subject.forRequester()) {
            return Decision.deny(
                    ReasonCode.SUBJECT_TOKEN_NOT_FOR_CLIENT,
                    "The subject_token was not issued to the client, and the client is not in its audience.");
        }
        if (!subject.proven()) {
            return Decision.deny(
                    ReasonCode.SUBJECT_TOKEN_UNPROVEN,
                    "The subject_token is sender-constrained; send the proof of the key or certificate it is bound to.");
        }
        return chain(request).then(chain -> mayAct(request, chain));
    }

    private Decision<ActorChain> chain(ExchangeRequest request) {
        List<ActingParty> acting = request.acting().all();
        if (acting.stream()
                .map(party -> party.actor().subject())
                .anyMatch(request.subject().identifiers()::contains)) {
            return Decision.deny(ReasonCode.ACTOR_IS_SUBJECT, "The actor is the subject of the subject_token.");
        }
        if (!request.inactive().isEmpty()) {
            return DelegationDenials.actorInactive();
        }
        Object act = request.subject().act();
        Optional<ActorChain> earlier = ActorChain.read(act);
        if (act != null && earlier.isEmpty()) {
            return Decision.deny(
                    ReasonCode.CHAIN_MALFORMED, "The act claim of the subject_token is not a chain of actors.");
        }
        List<Actor> actors = new ArrayList<>(earlier.map(ActorChain::actors).orElse(List.of()));
        List<ActingParty> next = new ArrayList<>(acting);
        // The client whose sign-in the subject token is of goes on acting: no new hop.
        Actor oldestOfThese = next.get(next.size() - 1).actor();
        if (request.subject().actAtLogin()
                && earlier.filter(chain -> chain.current().equals(oldestOfThese))
                        .isPresent()) {
            next.remove(next.size() - 1);
        }
        request.subject()
                .impersonator()
                .filter(first -> actors.stream().noneMatch(first::isSameAs))
                .ifPresent(actors::add);
        for (int oldest = next.size() - 1; oldest >= 0; oldest--) {
            if (actors.stream().anyMatch(next.get(oldest)::isSameAs)) {
                return Decision.deny(
                        ReasonCode.ACTOR_REPEATED,
                        "The actor is part of the subject_token's delegation chain already.");
            }
            actors.add(0, next.get(oldest).actor());
        }
        return actors.size() > maxDepth
                ? Decision.deny(
                        ReasonCode.CHAIN_TOO_DEEP,
                        "The delegation chain would be deeper than the policy allows; exchange an earlier token.")
                : Decision.allow(new ActorChain(actors));
    }

    private Decision<ActorChain> mayAct(ExchangeRequest request, ActorChain chain) {
        Object claim = request.subject().mayAct();
        if (claim == null) {
            return requireMayAct.applies(request.acting())
                    ? Decision.deny(
                            ReasonCode.MAY_ACT_MISSING,
                            "The subject_token has no may_act claim; it has to name the actor.")
                    : Decision.allow(chain);
        }
        Optional<MayAct> named = MayAct.read(claim);
        if (named.isEmpty()) {
            return Decision.deny(
                    ReasonCode.MAY_ACT_MALFORMED,
                    "The may_act claim of the subject_token cannot be checked; it may hold sub, client_id and iss.");
        }
        if (!named.get().allows(request.acting().outermost().actor(), request.issuer())) {
            return Decision.deny(
                    ReasonCode.MAY_ACT_MISMATCH, "The may_act claim of the subject_token names another actor.");
        }
        return !request.subject().mayActPermits() && requireMayAct.applies(request.acting())
                ? Decision.deny(
                        ReasonCode.MAY_ACT_MISSING,
                        "The may_act claim of the subject_token only restricts; the mapper oidc-mcp-may-act-mapper has to"
                                + " write it.")
                : Decision.allow(chain);
    }
}
