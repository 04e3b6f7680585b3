package dev.keycloakmcp.admin;

import dev.keycloakmcp.policy.McpExecutorIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Compares a realm with the set-up. */
public final class SetupCheck {

    /** The condition that makes the policy apply to MCP servers, MCP clients and agents only. */
    static final String CONDITION = "mcp-client";

    /** The admin roles that the audit page asks with. */
    public static final List<String> CONSOLE_ROLES =
            List.of("view-events", "manage-clients", "view-clients", "view-users");

    private SetupCheck() {}

    /** The parts of the set-up, in the order in which they are added, each with what is different from it. */
    public static List<SetupStatus> status(RealmSetup realm) {
        List<SetupStatus> parts = new ArrayList<>();
        parts.add(part(SetupPart.CLIENT_SCOPE, Setup.SCOPE, realm.scope(), SetupCheck::scope));
        parts.add(part(SetupPart.CLIENT_PROFILE, Setup.NAME, realm.profile(), SetupCheck::profile));
        parts.add(part(
                SetupPart.CLIENT_POLICY, Setup.NAME, realm.policy(), policy -> policy(policy, realm.standalone())));
        Setup.KINDS.forEach(kind -> parts.add(new SetupStatus(
                SetupPart.REGISTRATION_POLICY, kind, realm.registration().contains(kind), List.of())));
        parts.add(new SetupStatus(SetupPart.EVENT_LISTENER, Setup.LISTENER, realm.audited(), List.of()));
        parts.add(part(SetupPart.CLIENT, Setup.CONSOLE, realm.console(), SetupCheck::console));
        String theme = realm.theme().name();
        parts.add(new SetupStatus(
                SetupPart.LOGIN_THEME,
                theme.isEmpty() ? Setup.NAME : theme,
                !theme.isEmpty(),
                List.of("", Setup.NAME).contains(theme)
                        ? List.of()
                        : List.of(
                                "is not mcp: unless it is a child of it, people do not see where their answer goes")));
        if (realm.reports()) {
            parts.add(events(realm.events()));
        }
        return List.copyOf(parts);
    }

    private static SetupStatus events(RealmSetup.Events events) {
        return new SetupStatus(
                SetupPart.SAVED_EVENTS,
                Setup.WOULD_DENY,
                events.on(),
                events.unsaved().isEmpty()
                        ? List.of()
                        : List.of("events are not saved of the types "
                                + events.unsaved().stream().sorted().collect(Collectors.joining(", "))));
    }

    private static <T> SetupStatus part(
            SetupPart part, String name, Optional<T> present, Function<T, List<String>> differences) {
        return new SetupStatus(
                part, name, present.isPresent(), present.map(differences).orElse(List.of()));
    }

    private static List<String> scope(RealmSetup.Scope scope) {
        List<String> differences = new ArrayList<>();
        note(differences, !scope.byDefault(), "is no default client scope of the realm");
        note(differences, !scope.stampsActor(), "has no mapper oidc-mcp-actor-mapper");
        return differences;
    }

    private static List<String> profile(RealmSetup.Profile profile) {
        List<String> differences = new ArrayList<>();
        for (String id : McpExecutorIds.ALL) {
            List<RealmSetup.Executor> executors = profile.executors().stream()
                    .filter(executor -> executor.providerId().equals(id))
                    .toList();
            note(differences, executors.isEmpty(), "has no executor " + id);
            note(
                    differences,
                    executors.stream().anyMatch(RealmSetup.Executor::onlyReports),
                    "its executor " + id + " only reports");
        }
        return differences;
    }

    private static List<String> policy(RealmSetup.Policy policy, boolean standalone) {
        List<String> differences = new ArrayList<>();
        note(differences, !policy.enabled(), "is switched off");
        note(differences, !policy.conditions().contains(CONDITION), "has no condition " + CONDITION);
        note(differences, !policy.profiles().contains(Setup.NAME), "does not apply the client profile " + Setup.NAME);
        note(
                differences,
                !standalone,
                "is stored so that logins fail without the jars, as other policies or profiles may be");
        return differences;
    }

    private static List<String> console(RealmSetup.Console console) {
        List<String> differences = new ArrayList<>();
        note(differences, !console.signsIn(), "people cannot sign in with it and come back to the audit page");
        note(differences, !console.requiresPkce(), "is not held to PKCE with S256");
        for (String role : CONSOLE_ROLES) {
            note(differences, !console.roles().contains(role), "its tokens cannot carry the role " + role);
        }
        return differences;
    }

    private static void note(List<String> differences, boolean different, String text) {
        if (different) {
            differences.add(text);
        }
    }
}
