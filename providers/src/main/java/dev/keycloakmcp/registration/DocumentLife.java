package dev.keycloakmcp.registration;

import dev.keycloakmcp.fetch.FetchFailure.Meaning;
import java.util.Optional;

/**
 * The age of a metadata document that a client was made of, in epoch seconds.
 *
 * @param fetchedAt when it was last fetched and taken
 * @param freshUntil until when it need not be fetched again
 * @param failing what failed attempts to fetch it said of it since
 * @param pinned true when an administrator gave it by hand: it is never fetched
 */
public record DocumentLife(long fetchedAt, long freshUntil, Optional<Meaning> failing, boolean pinned) {

    /** How long the last good one counts while its host does not answer. */
    public static final long GRACE_SECONDS = 7 * 24 * 3600L;

    /** A document that was fetched and taken. */
    public static DocumentLife fetched(long now, long freshSeconds) {
        return new DocumentLife(now, now + freshSeconds, Optional.empty(), false);
    }

    /** A document that an administrator gave. */
    public static DocumentLife pinned(long now) {
        return new DocumentLife(now, Long.MAX_VALUE, Optional.empty(), true);
    }

    /**
     * The same after an attempt that failed, or that fetched what cannot be taken. A host that falls silent after it withdrew
     * a document does not bring it back.
     */
    public DocumentLife failed(Meaning meaning) {
        boolean known = pinned || isWithdrawn() && meaning == Meaning.UNREACHABLE;
        return known ? this : new DocumentLife(fetchedAt, freshUntil, Optional.of(meaning), false);
    }

    private boolean isWithdrawn() {
        return failing.isPresent() && failing.get() != Meaning.UNREACHABLE;
    }

    /** True when it has to be fetched before it counts again. */
    public boolean isDue(long now) {
        return !pinned && (failing.isPresent() || now >= freshUntil);
    }

    /** True when people may sign in to the client: the document is there, or was there lately and its host is silent. */
    public boolean allowsLogin(long now) {
        return !isWithdrawn() && allowsRefresh(now);
    }

    /** True when logins of before go on: until the document is too old, whatever became of it. */
    public boolean allowsRefresh(long now) {
        return pinned || now < expires();
    }

    /** When it no longer counts, unless it is fetched again. */
    public long expires() {
        return pinned ? Long.MAX_VALUE : Math.max(freshUntil, fetchedAt + GRACE_SECONDS);
    }
}
