package dev.keycloakmcp.consent;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The access that a person is asked to allow, and all that has to be the same for an earlier answer to count.
 *
 * @param userId who is asked
 * @param clientId internal id of the client
 * @param server URI of the MCP server the access is for; empty for none
 * @param answerTarget where the answer goes, {@link AnswerTarget#key()}
 * @param scopes what is asked for, by name
 */
public record ConsentSubject(String userId, String clientId, String server, String answerTarget, Set<String> scopes) {

    /** No key of an answer target, nor a URI. */
    private static final String ANYWHERE = "anywhere";

    private static final String ANY_SERVER = "any";
    private static final String IN_SESSION = "session ";

    public ConsentSubject {
        scopes = Set.copyOf(scopes);
    }

    /**
     * One short key for each thing that is allowed by a yes; one stands for the subject without scopes, so that there
     * always is something to remember.
     */
    public Set<String> keys() {
        return Stream.concat(Stream.of(""), scopes.stream()).map(this::key).collect(Collectors.toUnmodifiableSet());
    }

    /** The same access, wherever the answer goes: for token requests, which name no such place. */
    public ConsentSubject anywhere() {
        return new ConsentSubject(userId, clientId, server, ANYWHERE, scopes);
    }

    /** The same access for the tokens of one session alone, of which no other request knows. */
    public ConsentSubject inSession(String sessionId) {
        return new ConsentSubject(userId, clientId, server, IN_SESSION + sessionId, scopes);
    }

    /** The keys to remember: of this access at its place and {@link #anywhere()}, but for that of a session. */
    public Set<String> keysHereAndAnywhere() {
        if (answerTarget.startsWith(IN_SESSION)) {
            return keys();
        }
        return Stream.of(this, anywhere())
                .flatMap(subject -> subject.keys().stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The same access at whichever server: a device may be let in before it names one, and its page says so. */
    public ConsentSubject atAnyServer() {
        return new ConsentSubject(userId, clientId, ANY_SERVER, answerTarget, scopes);
    }

    /**
     * True when the answers that are remembered cover what is asked for now.
     *
     * @param remembered keys of earlier answers, with how long they allowed access
     * @param time how long it is asked for now
     */
    public boolean isCoveredBy(Map<String, AllowedTime> remembered, AccessTime time) {
        return keys().stream()
                .allMatch(key -> remembered.getOrDefault(key, AllowedTime.NONE).covers(time));
    }

    /**
     * True when one scope was allowed for this client, server and answer target, for however long.
     *
     * @param remembered keys of earlier answers
     */
    public boolean isAllowed(String scope, Set<String> remembered) {
        return remembered.contains(key(scope));
    }

    /**
     * True when nothing was ever allowed for this client, server and answer target.
     *
     * @param remembered keys of earlier answers
     */
    public boolean isNew(Set<String> remembered) {
        return !remembered.contains(key(""));
    }

    /**
     * The scopes that were never allowed for this client, server and answer target.
     *
     * @param remembered keys of earlier answers
     */
    public Set<String> newScopes(Set<String> remembered) {
        return scopes.stream().filter(scope -> !isAllowed(scope, remembered)).collect(Collectors.toUnmodifiableSet());
    }

    private String key(String scope) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        for (String part : List.of(userId, clientId, server, answerTarget, scope)) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            // With its length: no two lists of parts give the same bytes.
            digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
            digest.update(bytes);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(digest.digest());
    }
}
