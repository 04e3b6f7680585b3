package dev.keycloakmcp.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.linkage.FoundKeycloak;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ServerDoctorTest {

    private static final List<RealmFacts.Profile> PROFILES =
            List.of(new RealmFacts.Profile("mcp", true, Map.of("mcp-delegation", false), Set.of()));

    private static RealmFacts realm(List<RealmFacts.Profile> profiles, boolean stampsActors) {
        return new RealmFacts(
                profiles,
                List.of(),
                Set.of(),
                Optional.empty(),
                List.of(),
                new RealmFacts.Settings(true, true, stampsActors, true, "mcp", 300, List.of(), true));
    }

    private static List<String> ids(RealmFacts realm, String version, String... features) {
        return ServerDoctor.examine(realm, new FoundKeycloak("1.0", version, List.of(features))).stream()
                .map(Finding::id)
                .toList();
    }

    @Test
    void a_tested_keycloak_with_default_features_has_nothing_to_find() {
        assertThat(ids(realm(PROFILES, true), "26.7.5")).isEmpty();
        assertThat(ids(realm(PROFILES, true), "26.7.6")).isEmpty();
    }

    @Test
    void an_untested_keycloak_and_its_features_are_named() {
        assertThat(ServerDoctor.examine(
                        realm(PROFILES, true), new FoundKeycloak("1.0", "26.8.2", List.of("scripts", "stateless"))))
                .satisfiesExactly(
                        version -> {
                            assertThat(version.id()).isEqualTo("keycloak-untested");
                            assertThat(version.severity()).isEqualTo("warning");
                            assertThat(version.problem()).contains("Keycloak 26.8.2.");
                            assertThat(version.fix()).contains("kc-check.sh");
                        },
                        features -> {
                            assertThat(features.id()).isEqualTo("keycloak-features");
                            assertThat(features.severity()).isEqualTo("info");
                            assertThat(features.problem()).endsWith(": scripts, stateless.");
                        });
    }

    @Test
    void a_realm_that_only_stamps_is_told_that_nobody_proves_the_actors() {
        assertThat(ids(realm(List.of(), true), "26.7.5")).containsExactly("actors-unproven");
        assertThat(ids(realm(PROFILES, true), "26.7.5")).isEmpty();
        assertThat(ids(realm(PROFILES, false), "26.7.5")).isEmpty();
    }

    @Test
    void a_realm_that_uses_nothing_is_not_told_of_the_server() {
        assertThat(ids(realm(List.of(), false), "26.8.2", "scripts")).isEmpty();
    }

    @Test
    void a_realm_that_only_stamps_or_only_registers_is_told() {
        RealmFacts stamps = realm(List.of(), true);
        RealmFacts registers = new RealmFacts(
                List.of(),
                List.of(),
                Set.of(),
                Optional.of(new RealmFacts.RegistrationFacts(
                        0,
                        OptionalInt.empty(),
                        false,
                        new RealmFacts.RegistrationFacts.Target(Set.of(), Set.of(), List.of()),
                        true)),
                List.of(),
                realm(List.of(), false).settings());
        assertThat(ids(stamps, "26.8.2")).contains("keycloak-untested");
        assertThat(ids(registers, "26.8.2")).contains("keycloak-untested");
    }
}
