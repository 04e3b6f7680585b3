package dev.keycloakmcp.admin;

import dev.keycloakmcp.policy.TokenLoss;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Requests of one client that policies in report mode let go on as they were, and would refuse, or narrow the tokens of, when
 * enforced.
 *
 * @param clientId the client that would break, or get less
 * @param event the type of the events, such as {@code CLIENT_LOGIN} for the client credentials grant
 * @param effect {@code deny} or {@code narrow}
 * @param reason code of the reason
 * @param error the OAuth error it would get; empty where tokens would be narrowed
 * @param meaning what the reason says
 * @param loses the loss of its tokens, of all requests together; nothing where they would be refused
 * @param count how many requests
 * @param firstSeen milliseconds since the epoch
 * @param lastSeen milliseconds since the epoch
 */
public record WouldDeny(
        String clientId,
        String event,
        String effect,
        String reason,
        String error,
        String meaning,
        TokenLoss loses,
        long count,
        long firstSeen,
        long lastSeen) {

    /** The effect that enforcing would have. */
    public enum Effect {
        DENY("deny"),
        NARROW("narrow");

        private final String value;

        Effect(String value) {
            this.value = value;
        }
    }

    /**
     * One such request.
     *
     * @param time milliseconds since the epoch
     */
    public record Seen(String clientId, String event, Effect effect, String reason, TokenLoss loses, long time) {}

    private record Key(String clientId, String event, Effect effect, String reason) {}

    private static final Comparator<Key> ORDER = Comparator.comparing(Key::clientId)
            .thenComparing(Key::event)
            .thenComparing(Key::effect)
            .thenComparing(Key::reason);

    /** One entry for each client, type of event, effect and reason, in this order. */
    public static List<WouldDeny> summary(Stream<Seen> requests) {
        Map<Key, WouldDeny> summary = new TreeMap<>(ORDER);
        requests.forEach(request -> summary.merge(
                new Key(request.clientId(), request.event(), request.effect(), request.reason()),
                of(request),
                WouldDeny::and));
        return List.copyOf(summary.values());
    }

    private static WouldDeny of(Seen request) {
        Reasons.Explained explained = Reasons.explain(request.reason());
        return new WouldDeny(
                request.clientId(),
                request.event(),
                request.effect().value,
                request.reason(),
                explained.error(),
                explained.meaning(),
                request.loses(),
                1,
                request.time(),
                request.time());
    }

    private WouldDeny and(WouldDeny more) {
        return new WouldDeny(
                clientId,
                event,
                effect,
                reason,
                error,
                meaning,
                loses.and(more.loses),
                count + more.count,
                Math.min(firstSeen, more.firstSeen),
                Math.max(lastSeen, more.lastSeen));
    }
}
