package dev.keycloakmcp.admin;

import static dev.keycloakmcp.admin.DoctorCheck.DEFAULT_RESOURCE_UNKNOWN;
import static dev.keycloakmcp.admin.DoctorCheck.PROTOCOL_VERSION_NOT_ALLOWED;
import static dev.keycloakmcp.admin.DoctorCheck.REGISTRATION_NEARLY_FULL;
import static dev.keycloakmcp.admin.DoctorCheck.STOCK_REGISTRATION_OPEN;
import static dev.keycloakmcp.admin.DoctorCheck.TARGET_NOT_NAMED;

import java.util.ArrayList;
import java.util.List;

/** Looks at the registration of MCP clients. */
final class RegistrationDoctor {

    private RegistrationDoctor() {}

    static List<Finding> examine(RealmFacts.RegistrationFacts registration) {
        List<Finding> findings = new ArrayList<>();
        registration.maxClients().ifPresent(max -> {
            if (registration.clients() >= max - max / 10) {
                findings.add(REGISTRATION_NEARLY_FULL.found(registration.clients() + " of " + max));
            }
        });
        findings.addAll(target(registration.target()));
        if (!registration.allowsProtocolVersion()) {
            findings.add(PROTOCOL_VERSION_NOT_ALLOWED.found());
        }
        if (registration.stockIsOpen()) {
            findings.add(STOCK_REGISTRATION_OPEN.found());
        }
        return findings;
    }

    private static List<Finding> target(RealmFacts.RegistrationFacts.Target target) {
        List<Finding> findings = new ArrayList<>();
        if (!target.lost().isEmpty()) {
            findings.add(DEFAULT_RESOURCE_UNKNOWN.found(Doctor.named(List.copyOf(target.lost()))));
        }
        if (target.lost().containsAll(target.defaults()) && !target.refused().isEmpty()) {
            findings.add(TARGET_NOT_NAMED.found(Doctor.named(target.refused())));
        }
        return findings;
    }
}
