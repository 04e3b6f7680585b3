package dev.keycloakmcp.policy.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.policy.RealmPolicies;
import dev.keycloakmcp.policy.RealmPolicies.Component;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.ClientPolicyRepresentation;
import org.keycloak.representations.idm.ClientProfileRepresentation;
import org.keycloak.representations.idm.ClientProfilesRepresentation;
import org.keycloak.util.JsonSerialization;

/** Profiles and policies are read as Keycloak reads them. */
class ParsedPoliciesTest {

    private static final String PROFILES = """
            {"profiles": [{"name": "mcp", "description": "", "executors": [
              {"executor": "mcp-delegation", "configuration":
                {"enforcement": "report", "max-chain-depth": 3, "allow-refresh": true, "allowed-actors": ["a", "b"],
                 "scope-rule": null}},
              {"executor": "pkce-enforcer"}]}]}""";

    private static final String POLICIES = """
            {"policies": [
              {"name": "mcp", "enabled": true, "mode": "STRICT", "profiles": ["mcp", "secure"],
               "conditions": [{"condition": "any-client", "configuration": {"is-negative-logic": false}}]},
              {"name": "off", "enabled": false, "profiles": ["mcp"], "conditions": [{"condition": "any-client"}]},
              {"enabled": true, "profiles": ["mcp"], "conditions": [{"condition": "any-client"}]}]}""";

    private static RealmPolicies parse(String profiles, String policies) {
        return parse(profiles, policies, List.of(), List.of());
    }

    private static RealmPolicies parse(
            String profiles,
            String policies,
            List<ClientProfileRepresentation> globalProfiles,
            List<ClientPolicyRepresentation> globalPolicies) {
        return ParsedPolicies.parse(new ParsedPolicies.Source(profiles, policies, globalProfiles, globalPolicies))
                .policies();
    }

    private static List<ClientProfileRepresentation> global(String json) throws Exception {
        return JsonSerialization.readValue(json, ClientProfilesRepresentation.class)
                .getProfiles();
    }

    @Test
    void reads_executors_and_conditions_with_their_configuration() {
        RealmPolicies realm = parse(PROFILES, POLICIES);

        Map<String, Object> configuration = new HashMap<>(Map.of(
                "enforcement",
                "report",
                "max-chain-depth",
                3,
                "allow-refresh",
                true,
                "allowed-actors",
                List.of("a", "b")));
        configuration.put("scope-rule", null);
        assertThat(realm.isOptedIn()).isTrue();
        assertThat(realm.inForce("mcp-delegation")).singleElement().satisfies(found -> {
            assertThat(found.executor()).isEqualTo(new Component("mcp-delegation", configuration));
            assertThat(found.executor().onlyReports()).isTrue();
            assertThat(found.policy().strict()).isTrue();
            assertThat(found.policy().conditions())
                    .containsExactly(new Component("any-client", Map.of("is-negative-logic", false)));
        });
        assertThat(realm.inForce("pkce-enforcer"))
                .singleElement()
                .satisfies(found -> assertThat(found.executor().configuration()).isEmpty());
    }

    @Test
    void a_profile_named_like_an_executor_opts_no_realm_in() {
        assertThat(parse("{\"profiles\": [{\"name\": \"mcp-delegation\", \"executors\": []}]}", POLICIES)
                        .isOptedIn())
                .isFalse();
    }

    @Test
    void realms_without_the_attributes_have_nothing() {
        RealmPolicies realm = parse(null, null);
        assertThat(realm.isOptedIn()).isFalse();
        assertThat(realm.profiles()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "{}",
                "[]",
                "7",
                "{\"profiles\": null}",
                "{\"profiles\": 7}",
                "{\"profiles\": [null]}",
                "{\"profiles\": [{\"executors\": null}]}",
                "{\"profiles\": [{\"executors\": [null, {}]}]}",
                "{\"profiles\": [{\"name\": \"a\", \"executors\": [{\"executor\": null, \"configuration\": 7}]}]}",
                "{\"policies\": null}",
                "{\"policies\": [null, {}]}",
                "{\"profiles\": [",
                "{\"policies\": [{\"name\": \"a\", \"mode\": \"odd\", \"conditions\": [null], \"profiles\": [null]}]}"
            })
    void strange_attributes_have_nothing_and_break_nothing(String json) {
        assertThat(parse(json, json).isOptedIn()).isFalse();
        assertThat(parse(json, null).inForce("mcp-delegation")).isEmpty();
        assertThat(parse(PROFILES, json).inForce("mcp-delegation")).isEmpty();
        assertThat(parse(PROFILES, json).isOptedIn()).isTrue();
    }

    @Test
    void a_damaged_attribute_that_names_an_executor_keeps_the_realm_opted_in() {
        assertThat(parse(PROFILES.substring(0, PROFILES.length() - 1), POLICIES).isOptedIn())
                .isTrue();
    }

    @Test
    void global_profiles_and_policies_count_as_keycloak_counts_them() throws Exception {
        List<ClientProfileRepresentation> profiles = global(PROFILES.replace("\"mcp\"", "\"secure\""));
        assertThat(parse(null, null, profiles, List.of()).isOptedIn()).isFalse();
        assertThat(parse(null, POLICIES, profiles, List.of()).isOptedIn()).isTrue();

        ClientPolicyRepresentation policy = new ClientPolicyRepresentation();
        policy.setName("global");
        policy.setProfiles(List.of("secure"));
        policy.setEnabled(false);
        assertThat(parse(null, null, profiles, List.of(policy)).isOptedIn()).isFalse();
        policy.setEnabled(true);
        assertThat(parse(null, null, profiles, List.of(policy)).isOptedIn()).isTrue();
        assertThat(parse(null, "{\"policies\": [", profiles, List.of(policy)).isOptedIn())
                .as("Keycloak applies none then, and nobody can tell which global profiles they name")
                .isTrue();
        assertThat(parse(null, "{\"policies\": [", List.of(), List.of()).isOptedIn())
                .isFalse();
    }

    @Test
    void what_was_parsed_counts_until_a_text_changes() {
        ParsedPolicies.Source source = new ParsedPolicies.Source(PROFILES, POLICIES, List.of(), List.of());
        ParsedPolicies parsed = ParsedPolicies.parse(source);
        assertThat(parsed.isOf(new ParsedPolicies.Source(new String(PROFILES), POLICIES, List.of(), List.of())))
                .isTrue();
        assertThat(parsed.isOf(new ParsedPolicies.Source(PROFILES + " ", POLICIES, List.of(), List.of())))
                .isFalse();
        assertThat(parsed.isOf(new ParsedPolicies.Source(PROFILES, null, List.of(), List.of())))
                .isFalse();
    }
}
