package dev.keycloakmcp.audit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A client that acts, or could, and how it was used.
 *
 * @param suspension present while it is suspended
 * @param lastUsed when a token was last issued to it or with it as an actor, milliseconds since the epoch
 * @param count how many tokens were; empty where nobody can say
 */
public record ActorUse(
        String clientId, Optional<String> name, Optional<Stop> suspension, OptionalLong lastUsed, OptionalLong count) {

    /**
     * A suspension.
     *
     * @param at when, milliseconds since the epoch
     * @param by name of the administrator
     */
    public record Stop(String reason, OptionalLong at, Optional<String> by) {}

    /** True when nobody used it since that time; true where no time is given. */
    public boolean isUnusedSince(OptionalLong time) {
        return time.isEmpty() || lastUsed.isEmpty() || lastUsed.getAsLong() < time.getAsLong();
    }

    /** The members of the JSON object; what has no value is left out. */
    public Map<String, Object> json() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("client_id", clientId);
        name.ifPresent(text -> members.put("name", text));
        members.put("suspended", suspension.isPresent());
        suspension.ifPresent(stop -> {
            members.put("reason", stop.reason());
            stop.at().ifPresent(at -> members.put("suspended_at", RowDocument.time(at)));
            stop.by().ifPresent(by -> members.put("suspended_by", by));
        });
        lastUsed.ifPresent(time -> members.put("last_used", RowDocument.time(time)));
        count.ifPresent(number -> members.put("count", number));
        return members;
    }
}
