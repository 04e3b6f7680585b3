package dev.keycloakmcp.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The parties that act and acted, newest first; the {@code act} claim (RFC 8693 section 4.1).
 *
 * @param actors at least one, at most {@link #MAX_DEPTH}
 */
public record ActorChain(List<Actor> actors) {

    /** Most actors a chain may have, whatever the configuration says. */
    public static final int MAX_DEPTH = 8;

    private static final String SUBJECT = "sub";
    private static final String CLIENT_ID = "client_id";
    private static final String ACT = "act";

    public ActorChain {
        actors = List.copyOf(actors);
        if (actors.isEmpty() || actors.size() > MAX_DEPTH) {
            throw new IllegalArgumentException("a chain has 1 to " + MAX_DEPTH + " actors");
        }
    }

    /** The chain of the first hop. */
    public static ActorChain of(Actor actor) {
        return new ActorChain(List.of(actor));
    }

    /**
     * Reads an {@code act} claim.
     *
     * @param claim the claim's value as JSON object
     * @return empty where it is no chain: not an object, an actor without {@code sub}, or more than {@link #MAX_DEPTH}
     */
    public static Optional<ActorChain> read(@Nullable Object claim) {
        List<Actor> actors = new ArrayList<>();
        Object at = claim;
        while (at != null) {
            if (actors.size() == MAX_DEPTH || !(at instanceof Map<?, ?> members)) {
                return Optional.empty();
            }
            if (!(members.get(SUBJECT) instanceof String subject) || subject.isBlank()) {
                return Optional.empty();
            }
            actors.add(new Actor(subject, members.get(CLIENT_ID) instanceof String clientId ? clientId : subject));
            at = members.get(ACT);
        }
        return actors.isEmpty() ? Optional.empty() : Optional.of(new ActorChain(actors));
    }

    /**
     * All actors that an {@code act} claim names, also where it is no chain, newest first. Those that it names by nothing but
     * a client id are there as well.
     */
    public static List<Actor> named(@Nullable Object claim) {
        List<Actor> actors = new ArrayList<>();
        for (Object at = claim; at instanceof Map<?, ?> members; at = members.get(ACT)) {
            String clientId = members.get(CLIENT_ID) instanceof String id ? id : null;
            String subject = members.get(SUBJECT) instanceof String sub ? sub : clientId;
            if (subject != null) {
                actors.add(new Actor(subject, clientId == null ? subject : clientId));
            }
        }
        return actors;
    }

    /** The chain after one more hop; empty where it would be too deep, it is never cut. */
    public Optional<ActorChain> then(Actor next) {
        if (actors.size() == MAX_DEPTH) {
            return Optional.empty();
        }
        List<Actor> longer = new ArrayList<>();
        longer.add(next);
        longer.addAll(actors);
        return Optional.of(new ActorChain(longer));
    }

    /** The chain with some of its actors told by other names. */
    public ActorChain renamed(UnaryOperator<Actor> naming) {
        return new ActorChain(actors.stream().map(naming).toList());
    }

    /** True when a party is in the chain, by any of its names. */
    public boolean contains(Actor party) {
        return actors.stream().anyMatch(party::isSameAs);
    }

    /** The number of actors. */
    public int depth() {
        return actors.size();
    }

    /** The actor who acts now. */
    public Actor current() {
        return actors.get(0);
    }

    /** The claim's value: the newest actor outermost, its predecessors nested. */
    public Map<String, Object> toClaim() {
        Map<String, Object> claim = Map.of();
        for (int i = actors.size() - 1; i >= 0; i--) {
            Map<String, Object> outer = new LinkedHashMap<>();
            outer.put(SUBJECT, actors.get(i).subject());
            outer.put(CLIENT_ID, actors.get(i).clientId());
            if (!claim.isEmpty()) {
                outer.put(ACT, claim);
            }
            claim = outer;
        }
        return claim;
    }

    /** Client ids, newest first. */
    public List<String> clientIds() {
        return actors.stream().map(Actor::clientId).toList();
    }

    /** Client ids, oldest first, comma-separated, each as {@link ListedId} writes it; what events carry. */
    public String toEventDetail() {
        List<String> ids = new ArrayList<>();
        for (int i = actors.size() - 1; i >= 0; i--) {
            ids.add(ListedId.of(actors.get(i).clientId()));
        }
        return String.join(",", ids);
    }
}
