package dev.keycloakmcp.registration;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The refresh tokens that came out of one login: each may be used once (RFC 9700 section 4.14.2), and whoever uses one
 * again is a client that repeats itself within moments, or a thief.
 *
 * @param unused tokens that were handed out and not used, the oldest first
 * @param used tokens used within the last {@link #GRACE_SECONDS}, the oldest first
 */
public record RefreshTokenFamily(List<Entry> unused, List<Entry> used) {

    /**
     * The seconds after its use in which a token may come again: long enough for parallel and repeated requests, too
     * short for stolen tokens to be of use.
     */
    public static final int GRACE_SECONDS = 10;

    /** Tokens that parallel refreshes may leave unused; the oldest ones count as used beyond that. */
    public static final int MOST_UNUSED = 16;

    /** Stands for no token; a family that has ended was last used then. */
    private static final String END = "end";

    private static final String BETWEEN_ENTRIES = " ";
    private static final String BETWEEN_LISTS = "|";
    private static final String BETWEEN_PARTS = "@";

    /** A token and the second in which it was handed out, or used. */
    record Entry(String id, long at) {}

    /** The meaning of a token that comes. */
    public enum Use {
        /** It was not used before. */
        FIRST,
        /** It was used moments ago: the same client, in parallel or again after a lost answer. */
        AGAIN,
        /** It was used and is long replaced: the login may have two owners. */
        REUSED,
        /** So many logins came since that nobody knows any more whether it was used. */
        FORGOTTEN
    }

    public RefreshTokenFamily {
        unused = List.copyOf(unused);
        used = List.copyOf(used);
    }

    /** The family in a session's note; a missing or unreadable note is a login that was not refreshed yet. */
    public static Optional<RefreshTokenFamily> read(@Nullable String note) {
        if (note == null) {
            return Optional.empty();
        }
        String[] lists = note.split("\\|", -1);
        return lists.length == 2
                ? Optional.of(new RefreshTokenFamily(entries(lists[0]), entries(lists[1])))
                : Optional.empty();
    }

    /** A login whose first token comes for the first time. */
    public static RefreshTokenFamily startingWith(String tokenId, long issuedAt) {
        return new RefreshTokenFamily(List.of(new Entry(tokenId, issuedAt)), List.of());
    }

    /** The note to keep. */
    public String write() {
        return write(unused) + BETWEEN_LISTS + write(used);
    }

    /** When the family was refreshed last, in epoch seconds. */
    public long lastRefresh() {
        return used.isEmpty() ? 0 : used.get(used.size() - 1).at();
    }

    /** The meaning of this token, when it comes now. */
    public Use use(String tokenId, long now) {
        if (unused.stream().anyMatch(entry -> entry.id().equals(tokenId))) {
            return Use.FIRST;
        }
        return used.stream().anyMatch(entry -> entry.id().equals(tokenId) && now - entry.at() <= GRACE_SECONDS)
                ? Use.AGAIN
                : Use.REUSED;
    }

    /** The family after a token was used and another was handed out for it. */
    public RefreshTokenFamily refreshed(String usedId, String newId, long now) {
        List<Entry> free = unused.stream()
                .filter(entry -> !entry.id().equals(usedId))
                .collect(Collectors.toCollection(ArrayList::new));
        List<Entry> spent = used.stream()
                .filter(entry -> now - entry.at() <= GRACE_SECONDS)
                .collect(Collectors.toCollection(ArrayList::new));
        if (spent.stream().noneMatch(entry -> entry.id().equals(usedId))) {
            spent.add(new Entry(usedId, now));
        }
        free.add(new Entry(newId, now));
        while (free.size() > MOST_UNUSED) {
            spent.add(new Entry(free.remove(0).id(), now));
        }
        return new RefreshTokenFamily(free, spent);
    }

    /** The family after its end: every token of it, the newest included, counts as used. */
    public static RefreshTokenFamily ended(long now) {
        return new RefreshTokenFamily(List.of(), List.of(new Entry(END, now)));
    }

    private static List<Entry> entries(String list) {
        List<Entry> entries = new ArrayList<>();
        for (String entry : list.split(BETWEEN_ENTRIES, -1)) {
            int at = entry.lastIndexOf(BETWEEN_PARTS);
            if (at > 0 && entry.substring(at + 1).matches("[0-9]{1,18}")) {
                entries.add(new Entry(entry.substring(0, at), Long.parseLong(entry.substring(at + 1))));
            }
        }
        return entries;
    }

    private static String write(List<Entry> entries) {
        return entries.stream()
                .map(entry -> entry.id() + BETWEEN_PARTS + entry.at())
                .collect(Collectors.joining(BETWEEN_ENTRIES));
    }
}
