package dev.keycloakmcp.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.admin.RealmSetup.Executor;
import dev.keycloakmcp.admin.RealmSetup.Policy;
import dev.keycloakmcp.admin.RealmSetup.Profile;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.policy.McpExecutorIds;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class SetupTest {

    private static final Profile MCP = profile("mcp", McpExecutorIds.ALL.toArray(String[]::new));
    private static final Policy POLICY = policy("mcp", "mcp-client", "mcp");

    private static final RealmSetup.Events UNSAVED =
            new RealmSetup.Events(false, Set.of("LOGIN", "CLIENT_LOGIN"), false);
    private static final RealmSetup.Events SAVED = new RealmSetup.Events(true, Set.of(), false);

    private static final RealmSetup EMPTY = with(List.of(), List.of());

    private static final RealmSetup COMPLETE = new RealmSetup(
            Optional.of(new RealmSetup.Scope(true, true)),
            List.of(MCP),
            List.of(POLICY),
            List.of("anonymous", "authenticated"),
            true,
            Optional.of(new RealmSetup.Console(
                    true, true, Set.of("view-events", "manage-clients", "view-clients", "view-users"))),
            theme("mcp"),
            SAVED,
            List.of(),
            true);

    private static Profile profile(String name, String... executors) {
        return new Profile(
                name,
                Arrays.stream(executors).map(id -> new Executor(id, false)).toList());
    }

    private static Policy policy(String name, String condition, String... profiles) {
        return new Policy(name, true, List.of(condition), List.of(profiles));
    }

    private static RealmSetup.Theme theme(String name) {
        return new RealmSetup.Theme(name, true);
    }

    private static RealmSetup with(List<Profile> profiles, List<Policy> policies) {
        return with(profiles, policies, theme(""), UNSAVED);
    }

    private static RealmSetup with(
            List<Profile> profiles, List<Policy> policies, RealmSetup.Theme theme, RealmSetup.Events events) {
        return new RealmSetup(
                Optional.empty(),
                profiles,
                policies,
                List.of(),
                false,
                Optional.empty(),
                theme,
                events,
                List.of(),
                true);
    }

    private static RealmSetup suspending(RealmSetup.Suspended... clients) {
        return new RealmSetup(
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                false,
                Optional.empty(),
                theme(""),
                UNSAVED,
                List.of(clients),
                true);
    }

    private static final Optional<EnforcementMode> ENFORCE = Optional.of(EnforcementMode.ENFORCE);
    private static final Optional<EnforcementMode> REPORT = Optional.of(EnforcementMode.REPORT);

    private static final Profile REPORTING = new Profile(
            "mcp", McpExecutorIds.ALL.stream().map(id -> new Executor(id, true)).toList());

    private static List<String> lines(List<SetupStep> steps) {
        return steps.stream().map(SetupStep::line).toList();
    }

    private static List<String> added(RealmSetup realm) {
        return lines(Setup.add(realm, ENFORCE));
    }

    private static List<SetupStep> removal(RealmSetup realm) {
        return SetupRemoval.steps(realm, Optional.empty());
    }

    private static List<String> removed(RealmSetup realm) {
        return lines(removal(realm));
    }

    @Test
    void an_empty_realm_gets_everything() {
        assertThat(added(EMPTY))
                .containsExactly(
                        "added     client scope mcp-actor, a default of clients created from now on",
                        "added     client profile mcp",
                        "added     client policy mcp",
                        "added     registration policy mcp-client-registration (anonymous)",
                        "added     registration policy mcp-client-registration (authenticated)",
                        "added     event listener mcp-audit",
                        "added     client mcp-audit-console",
                        "added     login theme mcp");
        assertThat(Setup.add(EMPTY, ENFORCE)).allMatch(SetupStep::isDifference);
    }

    @Test
    void what_is_there_stays_as_it_is() {
        assertThat(added(COMPLETE))
                .containsExactly(
                        "present   client scope mcp-actor",
                        "present   client profile mcp",
                        "present   client policy mcp",
                        "present   registration policy mcp-client-registration (anonymous)",
                        "present   registration policy mcp-client-registration (authenticated)",
                        "present   event listener mcp-audit",
                        "present   client mcp-audit-console",
                        "present   login theme mcp");
        assertThat(Setup.add(COMPLETE, ENFORCE)).noneMatch(SetupStep::isDifference);
        assertThat(added(with(List.of(profile("mcp2"), MCP), List.of(policy("mcp2", "any-client"), POLICY))))
                .contains("present   client profile mcp", "present   client policy mcp");
        assertThat(added(with(List.of(profile("other")), List.of(policy("other", "any-client")))))
                .contains("added     client profile mcp", "added     client policy mcp");
    }

    @Test
    void policies_that_need_the_extension_are_stored_anew_when_the_realm_is_set_up() {
        RealmSetup earlier = new RealmSetup(
                COMPLETE.scope(),
                COMPLETE.profiles(),
                COMPLETE.policies(),
                COMPLETE.registration(),
                true,
                COMPLETE.console(),
                theme("mcp"),
                SAVED,
                List.of(),
                false);
        assertThat(Setup.add(earlier, ENFORCE))
                .filteredOn(SetupStep::isDifference)
                .singleElement()
                .extracting(SetupStep::line)
                .isEqualTo(
                        "changed   client profiles and policies: the same as before, stored so that logins work without the jars");
        assertThat(SetupCheck.status(earlier))
                .filteredOn(status -> status.state().equals("differs"))
                .singleElement()
                .satisfies(status -> assertThat(status.part()).isEqualTo(SetupPart.CLIENT_POLICY));
        assertThat(removal(earlier)).isEqualTo(removal(COMPLETE));
    }

    @Test
    void a_mode_is_that_of_the_profile_that_is_added_and_of_the_one_that_is_there() {
        assertThat(lines(Setup.add(EMPTY, REPORT)))
                .contains("added     client profile mcp, to report only", "added     client policy mcp");
        assertThat(lines(Setup.add(COMPLETE, REPORT)))
                .contains(
                        "changed   client profile mcp: mcp-resource-indicator, mcp-client-credentials, mcp-delegation to"
                                + " report only",
                        "present   client policy mcp");
        RealmSetup reporting = with(List.of(REPORTING), List.of(POLICY));
        assertThat(lines(Setup.add(reporting, REPORT))).contains("present   client profile mcp, to report only");
        assertThat(lines(Setup.add(reporting, Optional.empty()))).contains("present   client profile mcp");
        assertThat(lines(Setup.add(reporting, ENFORCE)))
                .contains(
                        "changed   client profile mcp: mcp-resource-indicator, mcp-client-credentials, mcp-delegation to"
                                + " enforce");
        assertThat(lines(Setup.add(
                        with(
                                List.of(new Profile(
                                        "mcp",
                                        List.of(
                                                new Executor("pkce-enforcer", true),
                                                new Executor("mcp-delegation", true),
                                                new Executor("mcp-resource-indicator", false)))),
                                List.of()),
                        ENFORCE)))
                .contains("changed   client profile mcp: mcp-delegation to enforce");
    }

    @Test
    void of_profiles_of_other_names_it_is_said_that_they_keep_their_mode() {
        RealmSetup realm = with(
                List.of(
                        profile("keys", "pkce-enforcer"),
                        profile("strict", "mcp-delegation"),
                        new Profile("lax", List.of(new Executor("mcp-delegation", true)))),
                List.of());
        assertThat(lines(Setup.add(realm, ENFORCE)))
                .contains("present   client profile lax, which goes on to report only")
                .hasSize(9);
        assertThat(lines(Setup.add(realm, REPORT)))
                .contains("present   client profile strict, which goes on to enforce")
                .hasSize(10);
        assertThat(Setup.add(realm, Optional.empty())).hasSize(8);
    }

    @Test
    void what_reports_has_the_events_saved_that_would_deny_reads() {
        assertThat(lines(Setup.add(EMPTY, REPORT)))
                .endsWith("added     saved events for GET would-deny: 2 more types, kept for 30 days");
        assertThat(lines(Setup.add(with(List.of(), List.of(), theme(""), SAVED), REPORT)))
                .endsWith("present   saved events for GET would-deny");
        assertThat(lines(Setup.add(
                        with(
                                List.of(),
                                List.of(),
                                theme(""),
                                new RealmSetup.Events(true, Set.of("REFRESH_TOKEN"), false)),
                        REPORT)))
                .endsWith("changed   saved events for GET would-deny: 1 more types");
        assertThat(lines(Setup.add(
                        with(List.of(), List.of(), theme(""), new RealmSetup.Events(false, Set.of("LOGIN"), true)),
                        REPORT)))
                .endsWith("added     saved events for GET would-deny: 1 more types");
        assertThat(SetupCheck.status(with(List.of(REPORTING), List.of(POLICY))))
                .last()
                .satisfies(events -> {
                    assertThat(events.line()).isEqualTo("absent    saved events for GET would-deny");
                    assertThat(events.differences())
                            .containsExactly("events are not saved of the types CLIENT_LOGIN, LOGIN");
                });
        assertThat(SetupCheck.status(with(List.of(MCP), List.of(POLICY)))).hasSize(8);
    }

    @Test
    void a_login_theme_is_set_where_there_is_none_and_the_server_has_it() {
        assertThat(added(with(List.of(), List.of(), theme("own"), SAVED))).contains("present   login theme own");
        assertThat(added(with(List.of(), List.of(), new RealmSetup.Theme("", false), SAVED)))
                .contains("absent    login theme mcp: the server does not have the jar of the themes");
        assertThat(SetupCheck.status(with(List.of(), List.of(), theme("own"), SAVED)))
                .extracting(SetupStatus::line)
                .contains("differs   login theme own: is not mcp: unless it is a child of it, people do not see where"
                        + " their answer goes");
    }

    @Test
    void suspended_clients_are_named_until_it_is_said_what_becomes_of_them() {
        RealmSetup realm = suspending(new RealmSetup.Suspended("bot\nx", true), new RealmSetup.Suspended("old", false));
        assertThat(SetupRemoval.problem(realm, Optional.empty())).hasValueSatisfying(problem -> assertThat(problem)
                .contains("bot x.", "suspended=disable", "suspended=release")
                .doesNotContain("old"));
        assertThat(lines(SetupRemoval.steps(realm, Optional.empty())))
                .hasSize(8)
                .first()
                .isEqualTo("changed   suspension of client bot x: would have no effect any more; say suspended=disable"
                        + " or suspended=release");
        for (AfterSuspension choice : AfterSuspension.values()) {
            assertThat(AfterSuspension.of(choice.value())).contains(choice);
            assertThat(SetupRemoval.problem(realm, Optional.of(choice))).isEmpty();
        }
        assertThat(AfterSuspension.of("DISABLE")).isEmpty();
        assertThat(lines(SetupRemoval.steps(realm, Optional.of(AfterSuspension.DISABLE))))
                .hasSize(8)
                .first()
                .isEqualTo("changed   suspension of client bot x: the client is disabled");
        assertThat(lines(SetupRemoval.steps(realm, Optional.of(AfterSuspension.RELEASE))))
                .startsWith(
                        "removed   suspension of client bot x, which goes on",
                        "removed   suspension of client old, which is disabled");
        assertThat(SetupRemoval.problem(suspending(new RealmSetup.Suspended("old", false)), Optional.empty()))
                .isEmpty();
    }

    @Test
    void everything_is_taken_out_again() {
        assertThat(removed(COMPLETE))
                .containsExactly(
                        "removed   client policy mcp",
                        "removed   client profile mcp",
                        "removed   registration policy mcp-client-registration (anonymous)",
                        "removed   registration policy mcp-client-registration (authenticated)",
                        "removed   event listener mcp-audit",
                        "removed   client mcp-audit-console",
                        "removed   client scope mcp-actor",
                        "removed   login theme mcp");
        assertThat(removed(EMPTY))
                .containsExactly(
                        "absent    client policies of this extension",
                        "absent    client profiles of this extension",
                        "absent    registration policy mcp-client-registration",
                        "absent    event listener mcp-audit",
                        "absent    client mcp-audit-console",
                        "absent    client scope mcp-actor",
                        "absent    login theme mcp");
    }

    @Test
    void of_profiles_and_policies_only_what_needs_the_extension_goes() {
        RealmSetup mixed = with(
                List.of(
                        profile("mcp", "pkce-enforcer"),
                        profile("keys", "pkce-enforcer"),
                        profile("ours", "mcp-delegation", "mcp-of-a-later-version"),
                        profile("both", "mcp-delegation", "pkce-enforcer"),
                        profile("empty")),
                List.of(
                        policy("mcp", "any-client", "keys"),
                        policy("here", "mcp-resource", "keys"),
                        policy("only ours", "any-client", "ours", "mcp"),
                        policy("some", "any-client", "ours", "keys"),
                        policy("other", "any-client", "both", "keys"),
                        policy("none", "any-client")));
        assertThat(removed(mixed))
                .startsWith(
                        "removed   client policy mcp",
                        "removed   client policy here",
                        "removed   client policy only ours",
                        "changed   client policy some: only what is of this extension is removed",
                        "removed   client profile mcp",
                        "removed   client profile ours",
                        "changed   client profile both: only what is of this extension is removed")
                .hasSize(12);
    }

    @Test
    void a_theme_of_ones_own_stays() {
        assertThat(removed(with(List.of(), List.of(), theme("mcp-child"), SAVED)))
                .contains("absent    login theme mcp");
    }

    @Test
    void a_name_cannot_pass_for_a_line() {
        assertThat(removed(with(List.of(profile("a\nremoved   client b", "mcp-delegation")), List.of())))
                .contains("removed   client profile a removed   client b");
    }

    @Test
    void a_step_is_json_without_what_it_does_not_have() {
        assertThat(Setup.add(EMPTY, ENFORCE).get(3).json())
                .isEqualTo(Map.of(
                        "change", "added",
                        "part", "registration-policy",
                        "name", "anonymous",
                        "text", "registration policy mcp-client-registration (anonymous)"));
        assertThat(removal(EMPTY).get(0).json())
                .isEqualTo(Map.of(
                        "change", "absent",
                        "part", "client-policy",
                        "text", "client policies of this extension"));
    }

    @Test
    void a_complete_realm_does_not_differ() {
        assertThat(SetupCheck.status(COMPLETE))
                .hasSize(8)
                .allMatch(part -> part.state().equals("present"))
                .allMatch(part -> !part.json().containsKey("differences"));
        assertThat(SetupCheck.status(EMPTY)).hasSize(8).allMatch(part -> part.state()
                .equals("absent"));
    }

    @Test
    void status_and_steps_speak_of_the_same_parts() {
        for (RealmSetup realm : List.of(EMPTY, COMPLETE)) {
            assertThat(SetupCheck.status(realm))
                    .extracting(part -> part.part() + part.name() + part.present())
                    .containsExactlyElementsOf(Setup.add(realm, ENFORCE).stream()
                            .map(step -> step.part() + step.name() + !step.isDifference())
                            .toList());
        }
    }

    @Test
    void what_differs_is_said() {
        RealmSetup tuned = new RealmSetup(
                Optional.of(new RealmSetup.Scope(false, false)),
                List.of(new Profile(
                        "mcp",
                        List.of(new Executor("mcp-resource-indicator", true), new Executor("mcp-delegation", false)))),
                List.of(new Policy("mcp", false, List.of("any-client"), List.of())),
                List.of("anonymous"),
                true,
                Optional.of(new RealmSetup.Console(false, false, Set.of("view-events"))),
                theme(""),
                SAVED,
                List.of(),
                true);
        Map<String, SetupStatus> parts = SetupCheck.status(tuned).stream()
                .collect(Collectors.toMap(part -> part.part().value() + " " + part.name(), part -> part));
        assertThat(parts.get("client-scope mcp-actor").json())
                .isEqualTo(Map.of(
                        "part", "client-scope",
                        "name", "mcp-actor",
                        "state", "differs",
                        "differences",
                                List.of(
                                        "is no default client scope of the realm",
                                        "has no mapper oidc-mcp-actor-mapper")));
        assertThat(parts.get("client-profile mcp").differences())
                .containsExactly(
                        "its executor mcp-resource-indicator only reports", "has no executor mcp-client-credentials");
        assertThat(parts.get("client-policy mcp").differences())
                .containsExactly(
                        "is switched off", "has no condition mcp-client", "does not apply the client profile mcp");
        assertThat(parts.get("registration-policy anonymous").state()).isEqualTo("present");
        assertThat(parts.get("registration-policy authenticated").state()).isEqualTo("absent");
        assertThat(parts.get("client mcp-audit-console").differences())
                .containsExactly(
                        "people cannot sign in with it and come back to the audit page",
                        "is not held to PKCE with S256",
                        "its tokens cannot carry the role manage-clients",
                        "its tokens cannot carry the role view-clients",
                        "its tokens cannot carry the role view-users");
    }

    @Property
    void nothing_that_stays_needs_the_extension_and_nothing_else_goes(@ForAll("realms") RealmSetup realm) {
        Map<String, SetupStep.Change> profiles = changes(realm, SetupPart.CLIENT_PROFILE);
        Map<String, SetupStep.Change> policies = changes(realm, SetupPart.CLIENT_POLICY);
        for (Profile profile : realm.profiles()) {
            boolean needs = profile.executors().stream()
                    .anyMatch(executor -> executor.providerId().startsWith("mcp-"));
            assertThat(profiles.containsKey(profile.name()))
                    .isEqualTo(needs || profile.name().equals("mcp"));
        }
        for (Policy policy : realm.policies()) {
            boolean needs = policy.conditions().stream().anyMatch(id -> id.startsWith("mcp-"));
            boolean applies =
                    policy.profiles().stream().anyMatch(name -> profiles.get(name) == SetupStep.Change.REMOVED);
            assertThat(policies.containsKey(policy.name()))
                    .isEqualTo(needs || applies || policy.name().equals("mcp"));
            if (needs) {
                assertThat(policies).containsEntry(policy.name(), SetupStep.Change.REMOVED);
            }
        }
    }

    private static Map<String, SetupStep.Change> changes(RealmSetup realm, SetupPart part) {
        return removal(realm).stream()
                .filter(step -> step.part() == part && step.isDifference())
                .collect(Collectors.toMap(SetupStep::name, SetupStep::change));
    }

    @Provide
    Arbitrary<RealmSetup> realms() {
        Arbitrary<String> names = Arbitraries.of("mcp", "keys", "ours", "both", "x");
        Arbitrary<Executor> executors = Arbitraries.of("mcp-delegation", "mcp-other", "pkce-enforcer", "mcp")
                .map(id -> new Executor(id, false));
        Arbitrary<Profile> profiles =
                Combinators.combine(names, executors.list().ofMaxSize(3)).as(Profile::new);
        Arbitrary<Policy> policies = Combinators.combine(
                        names,
                        Arbitraries.of("mcp-client", "any-client", "mcpx")
                                .list()
                                .ofMaxSize(2),
                        names.list().uniqueElements().ofMaxSize(3))
                .as((name, conditions, applied) -> new Policy(name, true, conditions, applied));
        return Combinators.combine(
                        profiles.list().uniqueElements(Profile::name).ofMaxSize(4),
                        policies.list().uniqueElements(Policy::name).ofMaxSize(4))
                .as(SetupTest::with);
    }
}
