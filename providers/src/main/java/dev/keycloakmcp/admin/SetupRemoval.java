package dev.keycloakmcp.admin;

import static dev.keycloakmcp.admin.Setup.step;
import static dev.keycloakmcp.admin.SetupPart.CLIENT;
import static dev.keycloakmcp.admin.SetupPart.CLIENT_POLICY;
import static dev.keycloakmcp.admin.SetupPart.CLIENT_PROFILE;
import static dev.keycloakmcp.admin.SetupPart.CLIENT_SCOPE;
import static dev.keycloakmcp.admin.SetupPart.EVENT_LISTENER;
import static dev.keycloakmcp.admin.SetupPart.LOGIN_THEME;
import static dev.keycloakmcp.admin.SetupPart.REGISTRATION_POLICY;
import static dev.keycloakmcp.admin.SetupPart.SUSPENSION;

import dev.keycloakmcp.admin.SetupStep.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The plan of taking the set-up out of a realm again, before the extension leaves the server. */
public final class SetupRemoval {

    private SetupRemoval() {}

    /**
     * The steps that take the set-up out, and whatever else a realm could not be used with without this extension.
     *
     * @param choice about suspended clients; empty where none was made
     */
    public static List<SetupStep> steps(RealmSetup realm, Optional<AfterSuspension> choice) {
        List<SetupStep> steps = new ArrayList<>();
        steps.addAll(suspensions(realm, choice));
        steps.addAll(orAbsent(policies(realm), CLIENT_POLICY, "client policies of this extension"));
        steps.addAll(orAbsent(profiles(realm), CLIENT_PROFILE, "client profiles of this extension"));
        steps.addAll(orAbsent(
                realm.registration().stream()
                        .sorted()
                        .map(kind -> step(Change.REMOVED, REGISTRATION_POLICY, kind, ""))
                        .toList(),
                REGISTRATION_POLICY,
                "registration policy " + Setup.REGISTRATION));
        steps.add(remove(realm.audited(), EVENT_LISTENER, Setup.LISTENER));
        steps.add(remove(realm.console().isPresent(), CLIENT, Setup.CONSOLE));
        steps.add(remove(realm.scope().isPresent(), CLIENT_SCOPE, Setup.SCOPE));
        steps.add(remove(realm.theme().name().equals(Setup.NAME), LOGIN_THEME, Setup.NAME));
        return List.copyOf(steps);
    }

    /** The refusal of a removal after which suspended clients would go on; empty where none would. */
    public static Optional<String> problem(RealmSetup realm, Optional<AfterSuspension> choice) {
        List<String> stopped = realm.suspended().stream()
                .filter(RealmSetup.Suspended::enabled)
                .map(client -> SetupPart.line(client.clientId()))
                .toList();
        return choice.isPresent() || stopped.isEmpty()
                ? Optional.empty()
                : Optional.of("These clients are suspended, and nothing would stop them any more: "
                        + Doctor.named(stopped) + ". Say suspended=disable to disable them, or suspended=release to let"
                        + " them go on");
    }

    private static List<SetupStep> suspensions(RealmSetup realm, Optional<AfterSuspension> choice) {
        return realm.suspended().stream()
                .filter(client -> client.enabled() || choice.equals(Optional.of(AfterSuspension.RELEASE)))
                .map(client -> suspension(client, choice))
                .toList();
    }

    private static SetupStep suspension(RealmSetup.Suspended client, Optional<AfterSuspension> choice) {
        if (choice.isEmpty()) {
            return step(
                    Change.CHANGED,
                    SUSPENSION,
                    client.clientId(),
                    ": would have no effect any more; say suspended=disable or suspended=release");
        }
        return choice.get() == AfterSuspension.DISABLE
                ? step(Change.CHANGED, SUSPENSION, client.clientId(), ": the client is disabled")
                : step(
                        Change.REMOVED,
                        SUSPENSION,
                        client.clientId(),
                        client.enabled() ? ", which goes on" : ", which is disabled");
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

    private static SetupStep remove(boolean present, SetupPart part, String name) {
        return step(present ? Change.REMOVED : Change.ABSENT, part, name, "");
    }
}
