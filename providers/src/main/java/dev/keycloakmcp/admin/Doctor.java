package dev.keycloakmcp.admin;

import static dev.keycloakmcp.admin.DoctorCheck.ACTOR_MAPPER_MISSING;
import static dev.keycloakmcp.admin.DoctorCheck.AGENT_RESOURCE_UNKNOWN;
import static dev.keycloakmcp.admin.DoctorCheck.ALLOWED_ACTOR_UNKNOWN;
import static dev.keycloakmcp.admin.DoctorCheck.AUDIT_KEPT_FOR_EVER;
import static dev.keycloakmcp.admin.DoctorCheck.AUDIT_OFF;
import static dev.keycloakmcp.admin.DoctorCheck.CLIENT_CREDENTIALS_MISSING;
import static dev.keycloakmcp.admin.DoctorCheck.CLIENT_NAMED_AS_SERVER;
import static dev.keycloakmcp.admin.DoctorCheck.CONSENT_PAGE_STOCK;
import static dev.keycloakmcp.admin.DoctorCheck.DELEGATION_MISSING;
import static dev.keycloakmcp.admin.DoctorCheck.LIFETIME_LONG;
import static dev.keycloakmcp.admin.DoctorCheck.NOT_IN_USE;
import static dev.keycloakmcp.admin.DoctorCheck.NO_SERVERS;
import static dev.keycloakmcp.admin.DoctorCheck.PKCE_NOT_REQUIRED;
import static dev.keycloakmcp.admin.DoctorCheck.POLICIES_NEED_EXTENSION;
import static dev.keycloakmcp.admin.DoctorCheck.PROFILE_UNUSED;
import static dev.keycloakmcp.admin.DoctorCheck.REFRESH_TOKENS_NOT_ROTATED;
import static dev.keycloakmcp.admin.DoctorCheck.REGISTRATION_UNBOUND;
import static dev.keycloakmcp.admin.DoctorCheck.REPORT_ONLY;
import static dev.keycloakmcp.admin.DoctorCheck.RESOURCE_INDICATOR_MISSING;
import static dev.keycloakmcp.admin.DoctorCheck.SERVER_INCONSISTENT;
import static dev.keycloakmcp.admin.DoctorCheck.SERVER_UNREACHABLE;

import dev.keycloakmcp.policy.McpExecutorIds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Looks for what is configured otherwise than it was meant, or than is safe. */
public final class Doctor {

    private static final String RESOURCE_INDICATOR = McpExecutorIds.RESOURCE_INDICATOR;

    /** The finding where an executor is missing, by the id of the executor, in the order in which they matter. */
    private static final Map<String, DoctorCheck> EXECUTORS = executors();

    private static final Set<String> KEEPS_TOKENS_BACK = Set.of(
            ServerInventory.URI_MALFORMED,
            ServerInventory.URI_CONFLICT,
            ServerInventory.NO_SCOPES,
            ServerInventory.SCOPE_UNKNOWN);

    private static final String THEME = "mcp";
    private static final int LONGEST_LIFETIME_SECONDS = 900;
    /** Clients that a finding names; the others are counted. */
    private static final int MOST_NAMED = 10;

    private final RealmFacts realm;
    private final List<Finding> findings = new ArrayList<>();

    private Doctor(RealmFacts realm) {
        this.realm = realm;
    }

    private static Map<String, DoctorCheck> executors() {
        Map<String, DoctorCheck> executors = new LinkedHashMap<>();
        executors.put(RESOURCE_INDICATOR, RESOURCE_INDICATOR_MISSING);
        executors.put(McpExecutorIds.CLIENT_CREDENTIALS, CLIENT_CREDENTIALS_MISSING);
        executors.put(McpExecutorIds.DELEGATION, DELEGATION_MISSING);
        return executors;
    }

    /** The ids of the executors that matter. */
    public static Set<String> executorIds() {
        return EXECUTORS.keySet();
    }

    /** The findings about a realm; empty where all is well. */
    public static List<Finding> examine(RealmFacts realm) {
        Doctor doctor = new Doctor(realm);
        boolean inUse = !realm.profiles().isEmpty();
        if (inUse) {
            doctor.policies();
            doctor.servers();
        } else {
            doctor.findings.add(NOT_IN_USE.found());
        }
        doctor.registration();
        if (inUse) {
            doctor.clients();
            doctor.audit();
        }
        return List.copyOf(doctor.findings);
    }

    private void policies() {
        if (!realm.settings().standalone()) {
            findings.add(POLICIES_NEED_EXTENSION.found());
        }
        realm.profiles().stream()
                .filter(profile -> !profile.used())
                .forEach(profile -> findings.add(PROFILE_UNUSED.found(profile.name())));
        EXECUTORS.forEach((executor, missing) -> {
            List<RealmFacts.Profile> inForce = inForce(executor);
            if (inForce.isEmpty()) {
                findings.add(missing.found());
            }
            inForce.stream()
                    .filter(profile -> profile.executors().get(executor))
                    .forEach(profile ->
                            findings.add(REPORT_ONLY.found(executor + " of the client profile " + profile.name())));
        });
        realm.profiles().stream()
                .filter(RealmFacts.Profile::used)
                .filter(profile -> !profile.unknownActors().isEmpty())
                .forEach(profile -> findings.add(ALLOWED_ACTOR_UNKNOWN.found(
                        profile.name() + " names " + named(List.copyOf(profile.unknownActors())))));
    }

    private List<RealmFacts.Profile> inForce(String executor) {
        return realm.profiles().stream()
                .filter(RealmFacts.Profile::used)
                .filter(profile -> profile.executors().containsKey(executor))
                .toList();
    }

    private void servers() {
        if (realm.servers().isEmpty()) {
            findings.add(NO_SERVERS.found());
        }
        for (ServerReport server : realm.servers()) {
            for (ServerReport.Problem problem : server.problems()) {
                DoctorCheck check =
                        KEEPS_TOKENS_BACK.contains(problem.code()) ? SERVER_UNREACHABLE : SERVER_INCONSISTENT;
                findings.add(check.found(server.clientId() + ": " + problem.detail()));
            }
        }
        if (!realm.settings().namedAsServers().isEmpty()) {
            findings.add(CLIENT_NAMED_AS_SERVER.found(named(realm.settings().namedAsServers())));
        }
        realm.unknownResources().stream().sorted().forEach(agent -> findings.add(AGENT_RESOURCE_UNKNOWN.found(agent)));
    }

    private void registration() {
        realm.registration().ifPresent(registration -> {
            if (inForce(RESOURCE_INDICATOR).isEmpty()) {
                findings.add(REGISTRATION_UNBOUND.found());
            }
            findings.addAll(RegistrationDoctor.examine(registration));
            if (!THEME.equals(realm.settings().loginTheme())) {
                findings.add(CONSENT_PAGE_STOCK.found());
            }
        });
    }

    private void clients() {
        List<String> withoutPkce = realm.publicClients().stream()
                .filter(client -> !client.requiresPkce())
                .map(RealmFacts.PublicClient::clientId)
                .toList();
        if (!withoutPkce.isEmpty()) {
            findings.add(PKCE_NOT_REQUIRED.found(named(withoutPkce)));
        }
        if (!realm.settings().rotatesRefreshTokens() && !realm.publicClients().isEmpty()) {
            findings.add(REFRESH_TOKENS_NOT_ROTATED.found(named(realm.publicClients().stream()
                    .map(RealmFacts.PublicClient::clientId)
                    .toList())));
        }
        if (realm.settings().accessTokenSeconds() > LONGEST_LIFETIME_SECONDS) {
            findings.add(LIFETIME_LONG.found(Integer.toString(realm.settings().accessTokenSeconds())));
        }
    }

    private void audit() {
        if (!realm.settings().stampsActors()) {
            findings.add(ACTOR_MAPPER_MISSING.found());
        }
        if (!realm.settings().audited()) {
            findings.add(AUDIT_OFF.found());
        } else if (!realm.settings().auditExpires()) {
            findings.add(AUDIT_KEPT_FOR_EVER.found());
        }
    }

    /** The first of them, and how many there are besides. */
    static String named(List<String> clients) {
        String named = clients.stream().sorted().limit(MOST_NAMED).collect(Collectors.joining(", "));
        int more = clients.size() - MOST_NAMED;
        return more > 0 ? named + " and " + more + " more" : named;
    }
}
