package dev.keycloakmcp.actor;

/**
 * A party that acts (RFC 8693 section 4.1).
 *
 * @param subject what the actor's own tokens carry as {@code sub}: for a client with a service account the id of that
 *     account, else the client id
 * @param clientId the client id of the actor
 */
public record Actor(String subject, String clientId) {}
