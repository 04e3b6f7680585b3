package dev.keycloakmcp.support;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The realms that meters tell apart: the first so many that they count in. All further ones share one label, so that the
 * number of time series stays bounded however many realms a server has.
 */
public final class RealmLabels {

    /** The label of all realms that meters do not tell apart. */
    public static final String OTHER = "other";

    private final int most;
    private final Set<String> named = ConcurrentHashMap.newKeySet();

    /** @param most how many realms have a label of their own */
    public RealmLabels(int most) {
        this.most = most;
    }

    /** The label of a realm, which is its name from now on where there is room. */
    public String of(String realm) {
        return named.contains(realm) || admit(realm) ? realm : OTHER;
    }

    private boolean admit(String realm) {
        synchronized (named) {
            return (named.size() < most && named.add(realm)) || named.contains(realm);
        }
    }

    /** Makes room for others where realms are gone; true for each that had a label of its own. */
    public Set<String> forget(Predicate<String> gone) {
        Set<String> forgotten = ConcurrentHashMap.newKeySet();
        named.removeIf(realm -> gone.test(realm) && forgotten.add(realm));
        return forgotten;
    }
}
