package dev.keycloakmcp.actor;

import dev.keycloakmcp.policy.Actor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The party that may act for the subject of a token; the {@code may_act} claim (RFC 8693 section 4.4). At least one of subject and
 * client id is there.
 *
 * @param subject the {@code sub} of the actor's own tokens
 * @param clientId the client id of the actor
 * @param issuer the issuer that knows the actor
 */
public record MayAct(Optional<String> subject, Optional<String> clientId, Optional<String> issuer) {

    /** A party that no actor is: tokens that name it cannot be exchanged by anybody. */
    public static final MayAct NOBODY = new MayAct(Optional.of("none"), Optional.of("none"), Optional.of("none"));

    private static final String SUBJECT = "sub";
    private static final String CLIENT_ID = "client_id";
    private static final String ISSUER = "iss";

    /** Members that identify nobody and mean nothing here (RFC 8693 4.4). */
    private static final Set<String> MEANINGLESS = Set.of("exp", "nbf", "iat", "aud", "jti");

    private static final Set<String> MEMBERS = Set.of(SUBJECT, CLIENT_ID, ISSUER);

    /** Names an actor. */
    public static MayAct of(Actor actor) {
        return new MayAct(Optional.of(actor.subject()), Optional.of(actor.clientId()), Optional.empty());
    }

    /**
     * Reads a {@code may_act} claim.
     *
     * @return empty where it names nobody, or by members that cannot be checked
     */
    public static Optional<MayAct> read(@Nullable Object claim) {
        if (!(claim instanceof Map<?, ?> members)) {
            return Optional.empty();
        }
        boolean readable = members.entrySet().stream()
                .filter(member -> !MEANINGLESS.contains(String.valueOf(member.getKey())))
                .allMatch(member -> MEMBERS.contains(String.valueOf(member.getKey()))
                        && member.getValue() instanceof String text
                        && !text.isBlank());
        MayAct named = new MayAct(text(members, SUBJECT), text(members, CLIENT_ID), text(members, ISSUER));
        return readable && (named.subject.isPresent() || named.clientId.isPresent())
                ? Optional.of(named)
                : Optional.empty();
    }

    /** True when everything the claim says is true of an actor that the issuer knows. */
    public boolean allows(Actor actor, String actorsIssuer) {
        return subject.map(actor.subject()::equals).orElse(true)
                && clientId.map(actor.clientId()::equals).orElse(true)
                && issuer.map(actorsIssuer::equals).orElse(true);
    }

    /** The claim's value. */
    public Map<String, Object> toClaim() {
        Map<String, Object> claim = new LinkedHashMap<>();
        subject.ifPresent(value -> claim.put(SUBJECT, value));
        clientId.ifPresent(value -> claim.put(CLIENT_ID, value));
        issuer.ifPresent(value -> claim.put(ISSUER, value));
        return claim;
    }

    private static Optional<String> text(Map<?, ?> members, String name) {
        return members.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }
}
