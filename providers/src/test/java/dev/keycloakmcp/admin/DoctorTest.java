package dev.keycloakmcp.admin;

import static dev.keycloakmcp.admin.DoctorCheck.ACTOR_MAPPER_MISSING;
import static dev.keycloakmcp.admin.DoctorCheck.AGENT_RESOURCE_UNKNOWN;
import static dev.keycloakmcp.admin.DoctorCheck.ALLOWED_ACTOR_UNKNOWN;
import static dev.keycloakmcp.admin.DoctorCheck.AUDIT_KEPT_FOR_EVER;
import static dev.keycloakmcp.admin.DoctorCheck.AUDIT_OFF;
import static dev.keycloakmcp.admin.DoctorCheck.CLIENT_CREDENTIALS_MISSING;
import static dev.keycloakmcp.admin.DoctorCheck.CONSENT_PAGE_STOCK;
import static dev.keycloakmcp.admin.DoctorCheck.DEFAULT_RESOURCE_UNKNOWN;
import static dev.keycloakmcp.admin.DoctorCheck.DELEGATION_MISSING;
import static dev.keycloakmcp.admin.DoctorCheck.LIFETIME_LONG;
import static dev.keycloakmcp.admin.DoctorCheck.NOT_IN_USE;
import static dev.keycloakmcp.admin.DoctorCheck.NO_SERVERS;
import static dev.keycloakmcp.admin.DoctorCheck.PKCE_NOT_REQUIRED;
import static dev.keycloakmcp.admin.DoctorCheck.PROFILE_UNUSED;
import static dev.keycloakmcp.admin.DoctorCheck.PROTOCOL_VERSION_NOT_ALLOWED;
import static dev.keycloakmcp.admin.DoctorCheck.REFRESH_TOKENS_NOT_ROTATED;
import static dev.keycloakmcp.admin.DoctorCheck.REGISTRATION_NEARLY_FULL;
import static dev.keycloakmcp.admin.DoctorCheck.REGISTRATION_UNBOUND;
import static dev.keycloakmcp.admin.DoctorCheck.REPORT_ONLY;
import static dev.keycloakmcp.admin.DoctorCheck.RESOURCE_INDICATOR_MISSING;
import static dev.keycloakmcp.admin.DoctorCheck.SERVER_INCONSISTENT;
import static dev.keycloakmcp.admin.DoctorCheck.SERVER_UNREACHABLE;
import static dev.keycloakmcp.admin.DoctorCheck.STOCK_REGISTRATION_OPEN;
import static dev.keycloakmcp.admin.DoctorCheck.TARGET_NOT_NAMED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DoctorTest {

    private static final Map<String, Boolean> ALL_EXECUTORS =
            Map.of("mcp-resource-indicator", false, "mcp-client-credentials", false, "mcp-delegation", false);

    private static final RealmFacts.Settings SOUND =
            new RealmFacts.Settings(true, true, true, false, "mcp", 300, List.of(), true);

    private static final ServerReport CRM = server("crm");

    private static ServerReport server(String clientId, String... problems) {
        return new ServerReport(
                clientId,
                true,
                "https://" + clientId + ".example/mcp",
                List.of("crm:read"),
                List.of(),
                List.of(problems).stream()
                        .map(code -> new ServerReport.Problem(code, "is " + code))
                        .toList());
    }

    private static RealmFacts.Profile profile(Map<String, Boolean> executors) {
        return new RealmFacts.Profile("mcp", true, executors, Set.of());
    }

    private static RealmFacts realm(RealmFacts.Profile... profiles) {
        return new RealmFacts(List.of(profiles), List.of(CRM), Set.of(), Optional.empty(), List.of(), SOUND);
    }

    private static RealmFacts with(RealmFacts realm, RealmFacts.RegistrationFacts registration) {
        return new RealmFacts(
                realm.profiles(),
                realm.servers(),
                realm.unknownResources(),
                Optional.of(registration),
                realm.publicClients(),
                realm.settings());
    }

    private static RealmFacts with(RealmFacts realm, RealmFacts.Settings settings) {
        return new RealmFacts(
                realm.profiles(),
                realm.servers(),
                realm.unknownResources(),
                realm.registration(),
                realm.publicClients(),
                settings);
    }

    private static RealmFacts with(RealmFacts realm, List<RealmFacts.PublicClient> clients) {
        return new RealmFacts(
                realm.profiles(),
                realm.servers(),
                realm.unknownResources(),
                realm.registration(),
                clients,
                realm.settings());
    }

    private static RealmFacts.RegistrationFacts registration(long clients, OptionalInt most) {
        return new RealmFacts.RegistrationFacts(
                clients, most, false, new RealmFacts.RegistrationFacts.Target(Set.of(), Set.of(), List.of()), true);
    }

    private static RealmFacts target(Set<String> defaults, Set<String> lost, String... refused) {
        return with(
                realm(profile(ALL_EXECUTORS)),
                new RealmFacts.RegistrationFacts(
                        1,
                        OptionalInt.empty(),
                        false,
                        new RealmFacts.RegistrationFacts.Target(defaults, lost, List.of(refused)),
                        true));
    }

    @Test
    void a_default_server_is_advised_where_clients_named_none() {
        assertThat(Doctor.examine(target(Set.of(), Set.of(), "gateway", "another")))
                .containsExactly(TARGET_NOT_NAMED.found("another, gateway"));
        assertThat(ids(target(Set.of("https://crm.example/mcp"), Set.of(), "gateway")))
                .isEmpty();
        assertThat(Doctor.examine(
                        target(Set.of("https://gone.example/mcp"), Set.of("https://gone.example/mcp"), "gateway")))
                .containsExactly(
                        DEFAULT_RESOURCE_UNKNOWN.found("https://gone.example/mcp"), TARGET_NOT_NAMED.found("gateway"));
    }

    @Test
    void pages_are_to_send_the_version_of_the_protocol() {
        RealmFacts.RegistrationFacts sound = registration(0, OptionalInt.empty());
        assertThat(Doctor.examine(with(
                        realm(profile(ALL_EXECUTORS)),
                        new RealmFacts.RegistrationFacts(
                                sound.clients(), sound.maxClients(), false, sound.target(), false))))
                .containsExactly(PROTOCOL_VERSION_NOT_ALLOWED.found());
    }

    private static List<String> ids(RealmFacts realm) {
        return Doctor.examine(realm).stream().map(Finding::id).toList();
    }

    @Test
    void a_sound_realm_has_nothing_to_find() {
        assertThat(Doctor.examine(with(realm(profile(ALL_EXECUTORS)), registration(10, OptionalInt.of(10_000)))))
                .isEmpty();
    }

    @Test
    void a_realm_that_did_not_opt_in_is_told_only_that() {
        RealmFacts untouched = new RealmFacts(
                List.of(),
                List.of(server("crm", "uri-conflict")),
                Set.of("agent"),
                Optional.empty(),
                List.of(new RealmFacts.PublicClient("app", false)),
                new RealmFacts.Settings(false, false, false, false, "", 3600, List.of(), false));
        assertThat(ids(untouched)).containsExactly(NOT_IN_USE.id());
    }

    @Test
    void policies_that_need_the_extension_are_found() {
        RealmFacts earlier = with(
                realm(profile(ALL_EXECUTORS)),
                new RealmFacts.Settings(true, true, true, false, "mcp", 300, List.of(), false));
        assertThat(Doctor.examine(earlier)).singleElement().satisfies(finding -> {
            assertThat(finding.id()).isEqualTo("policies-need-extension");
            assertThat(finding.severity()).isEqualTo("warning");
            assertThat(finding.fix()).contains("apply.sh");
        });
    }

    @Test
    void a_profile_has_to_be_used_by_a_policy() {
        assertThat(Doctor.examine(realm(new RealmFacts.Profile("spare", false, ALL_EXECUTORS, Set.of("nobody")))))
                .extracting(Finding::id)
                .containsExactly(
                        PROFILE_UNUSED.id(),
                        RESOURCE_INDICATOR_MISSING.id(),
                        CLIENT_CREDENTIALS_MISSING.id(),
                        DELEGATION_MISSING.id());
        assertThat(Doctor.examine(realm(
                        profile(ALL_EXECUTORS),
                        new RealmFacts.Profile("spare", false, ALL_EXECUTORS, Set.of("nobody")))))
                .singleElement()
                .satisfies(finding -> assertThat(finding.problem()).contains("profile spare"));
    }

    @Test
    void those_who_may_act_have_to_be_clients() {
        RealmFacts.Profile old = new RealmFacts.Profile("mcp", true, ALL_EXECUTORS, Set.of("helpdesk", "crm.actor"));
        assertThat(Doctor.examine(realm(old))).singleElement().satisfies(finding -> {
            assertThat(finding.id()).isEqualTo(ALLOWED_ACTOR_UNKNOWN.id());
            assertThat(finding.problem()).contains("profile mcp names crm.actor, helpdesk,");
            assertThat(finding.fix()).contains("allowed-actor-roles");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "mcp-resource-indicator, resource-indicator-missing",
        "mcp-client-credentials, client-credentials-missing",
        "mcp-delegation, delegation-missing"
    })
    void every_executor_is_missed(String executor, String id) {
        Map<String, Boolean> others = new HashMap<>(ALL_EXECUTORS);
        others.remove(executor);
        assertThat(ids(realm(profile(others)))).containsExactly(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mcp-resource-indicator", "mcp-client-credentials", "mcp-delegation"})
    void an_executor_that_only_reports_is_named(String executor) {
        Map<String, Boolean> executors = new HashMap<>(ALL_EXECUTORS);
        executors.put(executor, true);
        assertThat(Doctor.examine(realm(profile(executors)))).singleElement().satisfies(finding -> {
            assertThat(finding.id()).isEqualTo(REPORT_ONLY.id());
            assertThat(finding.problem()).contains(executor, "profile mcp");
        });
    }

    @Test
    void without_servers_there_is_nothing_to_protect() {
        RealmFacts realm = realm(profile(ALL_EXECUTORS));
        assertThat(ids(new RealmFacts(realm.profiles(), List.of(), Set.of(), Optional.empty(), List.of(), SOUND)))
                .containsExactly(NO_SERVERS.id());
    }

    @ParameterizedTest
    @CsvSource({
        "uri-malformed, error",
        "uri-conflict, error",
        "no-scopes, error",
        "scope-unknown, error",
        "disabled, warning",
        "uri-not-canonical, warning",
        "scope-not-in-token, warning",
        "self-declared, warning"
    })
    void problems_of_servers_are_errors_where_nobody_gets_tokens(String code, String severity) {
        RealmFacts realm = realm(profile(ALL_EXECUTORS));
        assertThat(Doctor.examine(new RealmFacts(
                        realm.profiles(),
                        List.of(CRM, server("billing", code)),
                        Set.of(),
                        Optional.empty(),
                        List.of(),
                        SOUND)))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.id())
                            .isEqualTo((severity.equals("error") ? SERVER_UNREACHABLE : SERVER_INCONSISTENT).id());
                    assertThat(finding.severity()).isEqualTo(severity);
                    assertThat(finding.problem()).isEqualTo("MCP server billing: is " + code);
                });
    }

    @Test
    void clients_that_are_called_as_a_server_are_an_error() {
        RealmFacts realm = realm(profile(ALL_EXECUTORS));
        assertThat(Doctor.examine(new RealmFacts(
                        realm.profiles(),
                        List.of(CRM),
                        Set.of(),
                        Optional.empty(),
                        List.of(),
                        new RealmFacts.Settings(
                                true, true, true, false, "mcp", 300, List.of("https://crm.example/mcp"), true))))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.id()).isEqualTo("client-named-as-server");
                    assertThat(finding.problem()).contains("https://crm.example/mcp");
                });
    }

    @Test
    void agents_limited_to_nothing_are_named_in_order() {
        RealmFacts realm = realm(profile(ALL_EXECUTORS));
        assertThat(Doctor.examine(new RealmFacts(
                        realm.profiles(), List.of(CRM), Set.of("b", "a"), Optional.empty(), List.of(), SOUND)))
                .extracting(Finding::id, Finding::problem)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                AGENT_RESOURCE_UNKNOWN.id(),
                                AGENT_RESOURCE_UNKNOWN.problem().replace("%s", "a")),
                        org.assertj.core.groups.Tuple.tuple(
                                AGENT_RESOURCE_UNKNOWN.id(),
                                AGENT_RESOURCE_UNKNOWN.problem().replace("%s", "b")));
    }

    @Test
    void registration_without_binding_is_an_error_also_where_nothing_else_is_in_use() {
        RealmFacts.RegistrationFacts registration = registration(0, OptionalInt.empty());
        assertThat(ids(with(realm(), registration))).containsExactly(NOT_IN_USE.id(), REGISTRATION_UNBOUND.id());
        assertThat(ids(with(realm(profile(Map.of("mcp-delegation", false))), registration)))
                .contains(REGISTRATION_UNBOUND.id());
    }

    @ParameterizedTest
    @CsvSource({"89, 100, false", "90, 100, true", "100, 100, true", "5, 6, false", "6, 6, true"})
    void a_quota_is_nearly_full_with_a_tenth_left(long clients, int most, boolean found) {
        RealmFacts realm = with(realm(profile(ALL_EXECUTORS)), registration(clients, OptionalInt.of(most)));
        assertThat(ids(realm)).isEqualTo(found ? List.of(REGISTRATION_NEARLY_FULL.id()) : List.of());
    }

    @Test
    void without_a_quota_nothing_is_full_and_an_open_endpoint_of_keycloak_is_found() {
        assertThat(ids(with(
                        realm(profile(ALL_EXECUTORS)),
                        new RealmFacts.RegistrationFacts(
                                1_000_000,
                                OptionalInt.empty(),
                                true,
                                registration(0, OptionalInt.empty()).target(),
                                true))))
                .containsExactly(STOCK_REGISTRATION_OPEN.id());
    }

    @Test
    void people_should_see_the_consent_page_where_clients_register() {
        RealmFacts stock = with(
                realm(profile(ALL_EXECUTORS)),
                new RealmFacts.Settings(true, true, true, false, "", 300, List.of(), true));
        assertThat(ids(stock)).isEmpty();
        assertThat(ids(with(stock, registration(0, OptionalInt.empty())))).containsExactly(CONSENT_PAGE_STOCK.id());
    }

    @Test
    void public_clients_are_held_to_pkce_and_rotation() {
        List<RealmFacts.PublicClient> clients =
                List.of(new RealmFacts.PublicClient("safe", true), new RealmFacts.PublicClient("open", false));
        List<Finding> findings = Doctor.examine(with(realm(profile(ALL_EXECUTORS)), clients));
        assertThat(findings)
                .extracting(Finding::id)
                .containsExactly(PKCE_NOT_REQUIRED.id(), REFRESH_TOKENS_NOT_ROTATED.id());
        assertThat(findings.get(0).problem()).endsWith(": open.");
        assertThat(findings.get(1).problem()).endsWith(": open, safe.");
        assertThat(ids(with(
                        with(realm(profile(ALL_EXECUTORS)), clients.subList(0, 1)),
                        new RealmFacts.Settings(true, true, true, true, "mcp", 300, List.of(), true))))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"10, ': c10'", "11, 'c20 and 1 more'", "30, 'c20 and 20 more'"})
    void at_most_ten_clients_are_named(int count, String text) {
        List<RealmFacts.PublicClient> clients = IntStream.range(0, count)
                .mapToObj(i -> new RealmFacts.PublicClient("c" + (i + 10), false))
                .toList();
        String problem = Doctor.examine(with(realm(profile(ALL_EXECUTORS)), clients))
                .get(0)
                .problem();
        assertThat(problem).contains(count == 10 ? ": c10, c11" : text.replace("c20", "c19"));
        assertThat(problem).doesNotContain("c20");
    }

    @ParameterizedTest
    @CsvSource({"900, false", "901, true"})
    void access_tokens_that_live_long_are_found(int seconds, boolean found) {
        List<Finding> findings = Doctor.examine(with(
                realm(profile(ALL_EXECUTORS)),
                new RealmFacts.Settings(true, true, true, false, "mcp", seconds, List.of(), true)));
        assertThat(findings).hasSize(found ? 1 : 0).allSatisfy(finding -> {
            assertThat(finding.id()).isEqualTo(LIFETIME_LONG.id());
            assertThat(finding.problem()).contains("901 seconds");
        });
    }

    @Test
    void actors_should_be_stamped_and_recorded() {
        RealmFacts realm = realm(profile(ALL_EXECUTORS));
        assertThat(ids(with(realm, new RealmFacts.Settings(false, false, false, false, "mcp", 300, List.of(), true))))
                .containsExactly(ACTOR_MAPPER_MISSING.id(), AUDIT_OFF.id());
        assertThat(ids(with(realm, new RealmFacts.Settings(true, false, true, false, "mcp", 300, List.of(), true))))
                .containsExactly(AUDIT_KEPT_FOR_EVER.id());
    }

    @ParameterizedTest
    @EnumSource(DoctorCheck.class)
    void every_check_says_what_to_do(DoctorCheck check) {
        assertThat(check.problem()).isNotBlank();
        assertThat(check.fix()).isNotBlank().endsWith(".");
        assertThat(check.found("it").problem()).doesNotContain("%s");
        assertThat(check.severity().value()).isIn("error", "warning", "info");
    }
}
