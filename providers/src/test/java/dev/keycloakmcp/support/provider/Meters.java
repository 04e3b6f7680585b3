package dev.keycloakmcp.support.provider;

import dev.keycloakmcp.support.RealmLabels;

/** Meters for tests of what counts. */
public final class Meters {

    private Meters() {}

    /** Those of a server whose metrics are off. */
    public static RealmMeters none() {
        return new RealmMeters(new RealmLabels(1));
    }
}
