package dev.keycloakmcp.admin;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Requests of one client that a policy in report mode let go on, and would refuse when enforced.
 *
 * @param clientId the client that would break
 * @param event the type of the events, such as {@code CLIENT_LOGIN} for the client credentials grant
 * @param reason code of the reason
 * @param error the OAuth error it would get
 * @param meaning what the reason says
 * @param count how many requests
 * @param firstSeen milliseconds since the epoch
 * @param lastSeen milliseconds since the epoch
 */
public record WouldDeny(
        String clientId,
        String event,
        String reason,
        String error,
        String meaning,
        long count,
        long firstSeen,
        long lastSeen) {

    /**
     * One such request.
     *
     * @param time milliseconds since the epoch
     */
    public record Seen(String clientId, String event, String reason, long time) {}

    private record Key(String clientId, String event, String reason) {}

    private static final Comparator<Key> ORDER =
            Comparator.comparing(Key::clientId).thenComparing(Key::event).thenComparing(Key::reason);

    /** One entry for each client, type of event and reason, in this order. */
    public static List<WouldDeny> summary(Stream<Seen> requests) {
        Map<Key, WouldDeny> summary = new TreeMap<>(ORDER);
        requests.forEach(request -> summary.merge(
                new Key(request.clientId(), request.event(), request.reason()), of(request), WouldDeny::and));
        return List.copyOf(summary.values());
    }

    private static WouldDeny of(Seen request) {
        Reasons.Explained explained = Reasons.explain(request.reason());
        return new WouldDeny(
                request.clientId(),
                request.event(),
                request.reason(),
                explained.error(),
                explained.meaning(),
                1,
                request.time(),
                request.time());
    }

    private WouldDeny and(WouldDeny more) {
        return new WouldDeny(
                clientId,
                event,
                reason,
                error,
                meaning,
                count + more.count,
                Math.min(firstSeen, more.firstSeen),
                Math.max(lastSeen, more.lastSeen));
    }
}
