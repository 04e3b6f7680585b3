package dev.keycloakmcp.admin;

import dev.keycloakmcp.linkage.FoundKeycloak;
import dev.keycloakmcp.linkage.TestedVersions;
import java.util.ArrayList;
import java.util.List;

/** Looks for what the Keycloak around a realm does beside this extension, or otherwise than the one that was tested. */
public final class ServerDoctor {

    private ServerDoctor() {}

    /** The findings, for a realm that uses anything of this extension; empty where all is well. */
    public static List<Finding> examine(RealmFacts realm, FoundKeycloak keycloak) {
        List<Finding> findings = new ArrayList<>();
        if (realm.profiles().isEmpty()
                && realm.registration().isEmpty()
                && !realm.settings().stampsActors()) {
            return findings;
        }
        if (realm.profiles().isEmpty() && realm.settings().stampsActors()) {
            findings.add(DoctorCheck.ACTORS_UNPROVEN.found());
        }
        if (keycloak.standing() == TestedVersions.Standing.UNTESTED) {
            findings.add(DoctorCheck.KEYCLOAK_UNTESTED.found(keycloak.version()));
        }
        if (!keycloak.features().isEmpty()) {
            findings.add(DoctorCheck.KEYCLOAK_FEATURES.found(keycloak.named()));
        }
        return List.copyOf(findings);
    }
}
