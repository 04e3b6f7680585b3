package dev.keycloakmcp.actor;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;

/** The refusals of delegation that several places give for one reason. */
public final class DelegationDenials {

    private DelegationDenials() {}

    /** An exchange with an actor who was disabled, deleted or suspended. */
    public static <T> Decision.Deny<T> actorInactive() {
        return new Decision.Deny<>(ReasonCode.ACTOR_INACTIVE, "An actor of the delegation is not active any more.");
    }

    /** A client that would act under the id of somebody else. */
    public static <T> Decision.Deny<T> clientIdAmbiguous() {
        return new Decision.Deny<>(
                ReasonCode.CLIENT_ID_AMBIGUOUS,
                "The client cannot act for others under this client id; an administrator has to change it.");
    }

    /** A refresh of delegated access whose actors may not act any more. */
    public static <T> Decision.Deny<T> actorEnded() {
        return new Decision.Deny<>(
                ReasonCode.DELEGATION_ACTOR_ENDED, "An actor of the delegation may not act any more.");
    }

    /** A subject token that is expired, forged or revoked. */
    public static <T> Decision.Deny<T> subjectTokenInvalid() {
        return new Decision.Deny<>(ReasonCode.SUBJECT_TOKEN_INVALID, "The subject_token is not valid.");
    }
}
