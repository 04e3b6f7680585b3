package dev.keycloakmcp.admin;

import static dev.keycloakmcp.admin.SetupPart.CLIENT;
import static dev.keycloakmcp.admin.SetupPart.CLIENT_POLICY;
import static dev.keycloakmcp.admin.SetupPart.CLIENT_PROFILE;
import static dev.keycloakmcp.admin.SetupPart.CLIENT_SCOPE;
import static dev.keycloakmcp.admin.SetupPart.EVENT_LISTENER;
import static dev.keycloakmcp.admin.SetupPart.LOGIN_THEME;
import static dev.keycloakmcp.admin.SetupPart.REGISTRATION_POLICY;
import static dev.keycloakmcp.admin.SetupPart.SAVED_EVENTS;

import dev.keycloakmcp.admin.SetupStep.Change;
import dev.keycloakmcp.decision.EnforcementMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The plan of setting a realm up for MCP. */
public final class Setup {

    /** Of the client profile, the client policy and the login theme. */
    public static final String NAME = "mcp";

    public static final String SCOPE = "mcp-actor";
    public static final String REGISTRATION = "mcp-client-registration";
    public static final String LISTENER = "mcp-audit";
    public static final String CONSOLE = "mcp-audit-console";

    /** The question that reads saved events. */
    static final String WOULD_DENY = "would-deny";

    /** Days that events are kept where they were not saved before, and nothing says for how long. */
    public static final int EVENT_DAYS = 30;

    private static final String REPORTS = ", to report only";

    /** The kinds of registration that get a policy. */
    static final List<String> KINDS = List.of("anonymous", "authenticated");

    private Setup() {}

    /**
     * The steps that set a realm up. Nothing that is there already is changed, but the mode of the profile where one is given.
     *
     * @param mode of the executors of the profile; empty to leave them as they are, and to enforce those that are added
     */
    public static List<SetupStep> add(RealmSetup realm, Optional<EnforcementMode> mode) {
        boolean reports = mode.equals(Optional.of(EnforcementMode.REPORT));
        List<SetupStep> steps = new ArrayList<>();
        steps.add(
                realm.scope().isPresent()
                        ? step(Change.PRESENT, CLIENT_SCOPE, SCOPE, "")
                        : step(Change.ADDED, CLIENT_SCOPE, SCOPE, ", a default of clients created from now on"));
        steps.add(realm.profile()
                .map(profile -> mode(profile, mode))
                .orElseGet(() -> step(Change.ADDED, CLIENT_PROFILE, NAME, reports ? REPORTS : "")));
        mode.ifPresent(asked -> steps.addAll(others(realm, asked)));
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
        steps.add(theme(realm.theme()));
        if (reports) {
            steps.add(events(realm.events()));
        }
        return List.copyOf(steps);
    }

    private static SetupStep mode(RealmSetup.Profile profile, Optional<EnforcementMode> mode) {
        List<String> other = mode.map(profile::notIn).orElse(List.of());
        boolean reports = mode.equals(Optional.of(EnforcementMode.REPORT));
        if (other.isEmpty()) {
            return step(Change.PRESENT, CLIENT_PROFILE, NAME, reports ? REPORTS : "");
        }
        return step(
                Change.CHANGED,
                CLIENT_PROFILE,
                NAME,
                ": " + String.join(", ", other) + (reports ? " to report only" : " to enforce"));
    }

    /** Profiles of other names keep their mode, and whoever asks for one should know. */
    private static List<SetupStep> others(RealmSetup realm, EnforcementMode mode) {
        String keeps = mode == EnforcementMode.REPORT ? ", which goes on to enforce" : ", which goes on to report only";
        return realm.profiles().stream()
                .filter(profile -> !profile.name().equals(NAME))
                .filter(profile -> !profile.notIn(mode).isEmpty())
                .map(profile -> step(Change.PRESENT, CLIENT_PROFILE, profile.name(), keeps))
                .toList();
    }

    private static SetupStep theme(RealmSetup.Theme theme) {
        if (!theme.name().isEmpty()) {
            return step(Change.PRESENT, LOGIN_THEME, theme.name(), "");
        }
        return theme.installed()
                ? step(Change.ADDED, LOGIN_THEME, NAME, "")
                : step(Change.ABSENT, LOGIN_THEME, NAME, ": the server does not have the jar of the themes");
    }

    private static SetupStep events(RealmSetup.Events events) {
        if (events.unsaved().isEmpty()) {
            return step(Change.PRESENT, SAVED_EVENTS, WOULD_DENY, "");
        }
        return step(
                events.on() ? Change.CHANGED : Change.ADDED,
                SAVED_EVENTS,
                WOULD_DENY,
                ": " + events.unsaved().size() + " more types"
                        + (events.on() || events.kept() ? "" : ", kept for " + EVENT_DAYS + " days"));
    }

    private static SetupStep add(boolean present, SetupPart part, String name) {
        return step(present ? Change.PRESENT : Change.ADDED, part, name, "");
    }

    static SetupStep step(Change change, SetupPart part, String name, String more) {
        return new SetupStep(change, part, name, part.text(name) + more);
    }
}
