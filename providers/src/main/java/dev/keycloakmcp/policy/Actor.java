package dev.keycloakmcp.policy;

/**
 * A party that acts (RFC 8693 section 4.1).
 *
 * @param subject what the actor's own tokens carry as {@code sub}: for a client with a service account the id of that
 *     account, else the client id
 * @param clientId the client id of the actor; of a person, the client through which the person acts
 * @param saysClient true when the claim names a client. All that this extension writes of a client does; Keycloak names
 *     people who act without a client, and service accounts, by their id alone
 */
public record Actor(String subject, String clientId, boolean saysClient) {

    /** A client, or a person who acts through a client. */
    public Actor(String subject, String clientId) {
        this(subject, clientId, true);
    }

    /** A party that is named by the id of its account and nothing else, which stands for the client id as well. */
    public static Actor byIdAlone(String id) {
        return new Actor(id, id, false);
    }

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
