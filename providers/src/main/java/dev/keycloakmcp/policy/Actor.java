package dev.keycloakmcp.policy;

/**
 * A party that acts (RFC 8693 section 4.1).
 *
 * @param subject what the actor's own tokens carry as {@code sub}: for a client with a service account the id of that
 *     account, else the client id
 * @param clientId the client id of the actor; of a person, the client through which the person acts
 */
public record Actor(String subject, String clientId) {

    /** True for a client without a service account, and for a person who acts without a client. */
    public boolean hasOneName() {
        return subject.equals(clientId);
    }

    /**
     * True when both are one party. People are told apart by their subject, as many act through one client; a client is
     * the same one before and after it got a service account.
     */
    public boolean isSameAs(Actor other) {
        return subject.equals(other.subject)
                || clientId.equals(other.clientId) && (subject.equals(clientId) || other.subject.equals(clientId));
    }
}
