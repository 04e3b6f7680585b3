package org.keycloak.simulated;

import org.keycloak.models.RealmModel;

/** Realms in which Keycloak is to behave as its 26.8 does, as far as its sources tell. All others notice nothing. */
final class SimulatedRealm {

    private SimulatedRealm() {}

    static boolean is(RealmModel realm) {
        return realm != null && "26.8".equals(realm.getAttribute("simulated.keycloak"));
    }
}
