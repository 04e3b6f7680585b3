package dev.keycloakmcp.policy;

import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * When a client was suspended, and which suspension was lifted, as its attributes say: epoch seconds. A copy of the client that was
 * taken while it was suspended, and is saved after that was lifted, brings back the suspension with its old time.
 *
 * @param suspended empty where the attribute says none
 * @param lifted the time of the suspension that was lifted last; empty for none
 */
public record SuspensionTime(OptionalLong suspended, OptionalLong lifted) {

    private static final Pattern SECONDS = Pattern.compile("\\d{1,12}");

    public static SuspensionTime of(@Nullable String suspended, @Nullable String lifted) {
        return new SuspensionTime(seconds(suspended), seconds(lifted));
    }

    /** True for a suspension of a stale copy. One without a time is none: an administrator wrote it by hand. */
    public boolean isStale() {
        return suspended.isPresent() && lifted.isPresent() && suspended.getAsLong() <= lifted.getAsLong();
    }

    /** The time of a suspension now. It is later than what was lifted, whatever the clocks of the nodes say. */
    public long next(long now) {
        return Math.max(now, Math.max(suspended.orElse(0), lifted.orElse(-1) + 1));
    }

    private static OptionalLong seconds(@Nullable String value) {
        return value != null && SECONDS.matcher(value).matches()
                ? OptionalLong.of(Long.parseLong(value))
                : OptionalLong.empty();
    }
}
