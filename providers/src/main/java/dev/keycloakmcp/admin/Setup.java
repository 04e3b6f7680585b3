package dev.keycloakmcp.admin;

import static dev.keycloakmcp.admin.SetupPart.CLIENT;
import static dev.keycloakmcp.admin.SetupPart.CLIENT_POLICY;
import static dev.keycloakmcp.admin.SetupPart.CLIENT_PROFILE;
import static dev.keycloakmcp.admin.SetupPart.CLIENT_SCOPE;
import static dev.keycloakmcp.admin.SetupPart.EVENT_LISTENER;
import static dev.keycloakmcp.admin.SetupPart.LOGIN_THEME;
import static dev.keycloakmcp.admin.SetupPart.REGISTRATION_POLICY;

import dev.keycloakmcp.admin.SetupStep.Change;
import dev.keycloakmcp.decision.EnforcementMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The plan of setting a realm up for MCP, and of taking the set-up out again before the extension leaves the server. */
public final class Setup {

    /** Of the client profile, the client policy and the login theme. */
    public static final String NAME = "mcp";

    public static final String SCOPE = "mcp-actor";
    public static final String REGISTRATION = "mcp-client-registration";
    public static final String LISTENER = "mcp-audit";
    public static final String CONSOLE = "mcp-audit-console";

    /** The kinds of registration that get a policy. */
    static final List<String> KINDS = List.of("anonymous", "authenticated");

    private Setup() {}

    /** The steps that set a realm up. Nothing that is there already is changed. */
    public static List<SetupStep> add(RealmSetup realm, EnforcementMode mode) {
        boolean reports = mode == EnforcementMode.REPORT;
        List<SetupStep> steps = new ArrayList<>();
        steps.add(
                realm.scope().isPresent()
                        ? step(Change.PRESENT, CLIENT_SCOPE, SCOPE, "")
                        : step(Change.ADDED, CLIENT_SCOPE, SCOPE, ", a default of clients created from now on"));
        steps.add(
                realm.profile().isPresent()
                        ? step(Change.PRESENT, CLIENT_PROFILE, NAME, reports ? ", which keeps its settings" : "")
                        : step(Change.ADDED, CLIENT_PROFILE, NAME, reports ? ", to report only" : ""));
        steps.add(add(realm.policy().isPresent(), CLIENT_POLICY, NAME));
        if (!realm.standalone()) {
            steps.add(new SetupStep(
                    Change.CHANGED,
                    CLIENT_POLICY,
                    "",
                    "client profiles and policies: the same as before, stored so that logins work without the jars"));
        }
        KINDS.forEach(kind -> steps.add(add(realm.registration().contains(kind), REGISTRATION_POLICY, kind)));
        steps.add(add(realm.audited(), EVENT_LISTENER, LISTENER));
        steps.add(add(realm.console().isPresent(), CLIENT, CONSOLE));
        return List.copyOf(steps);
    }

    /** The steps that take the set-up out, and whatever else a realm could not be used with without this extension. */
    public static List<SetupStep> remove(RealmSetup realm) {
        List<SetupStep> steps = new ArrayList<>();
        steps.addAll(orAbsent(policies(realm), CLIENT_POLICY, "client policies of this extension"));
        steps.addAll(orAbsent(profiles(realm), CLIENT_PROFILE, "client profiles of this extension"));
        steps.addAll(orAbsent(
                realm.registration().stream()
                        .sorted()
                        .map(kind -> step(Change.REMOVED, REGISTRATION_POLICY, kind, ""))
                        .toList(),
                REGISTRATION_POLICY,
                "registration policy " + REGISTRATION));
        steps.add(remove(realm.audited(), EVENT_LISTENER, LISTENER));
        steps.add(remove(realm.console().isPresent(), CLIENT, CONSOLE));
        steps.add(remove(realm.scope().isPresent(), CLIENT_SCOPE, SCOPE));
        steps.add(remove(realm.loginTheme().equals(NAME), LOGIN_THEME, NAME));
        return List.copyOf(steps);
    }

    private static List<SetupStep> policies(RealmSetup realm) {
        Set<String> gone = realm.profiles().stream()
                .filter(RealmSetup.Profile::goes)
                .map(RealmSetup.Profile::name)
                .collect(Collectors.toSet());
        return realm.policies().stream()
                .filter(policy -> policy.goes(gone) || policy.loses(gone))
                .map(policy -> without(CLIENT_POLICY, policy.name(), policy.goes(gone)))
                .toList();
    }

    private static List<SetupStep> profiles(RealmSetup realm) {
        return realm.profiles().stream()
                .filter(profile -> profile.goes() || profile.needsExtension())
                .map(profile -> without(CLIENT_PROFILE, profile.name(), profile.goes()))
                .toList();
    }

    private static SetupStep without(SetupPart part, String name, boolean goes) {
        return goes
                ? step(Change.REMOVED, part, name, "")
                : step(Change.CHANGED, part, name, ": only what is of this extension is removed");
    }

    private static List<SetupStep> orAbsent(List<SetupStep> steps, SetupPart part, String text) {
        return steps.isEmpty() ? List.of(new SetupStep(Change.ABSENT, part, "", text)) : steps;
    }

    private static SetupStep add(boolean present, SetupPart part, String name) {
        return step(present ? Change.PRESENT : Change.ADDED, part, name, "");
    }

    private static SetupStep remove(boolean present, SetupPart part, String name) {
        return step(present ? Change.REMOVED : Change.ABSENT, part, name, "");
    }

    private static SetupStep step(Change change, SetupPart part, String name, String more) {
        return new SetupStep(change, part, name, part.text(name) + more);
    }
}
