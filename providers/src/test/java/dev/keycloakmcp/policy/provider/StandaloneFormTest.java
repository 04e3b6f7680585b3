package dev.keycloakmcp.policy.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Profiles and policies that Keycloak can use without this extension, and that nothing is lost of. */
class StandaloneFormTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String stored(StandaloneForm form, String whole) {
        return Objects.requireNonNull(form.stored(whole));
    }

    private static String whole(StandaloneForm form, String stored) {
        return Objects.requireNonNull(form.whole(stored));
    }

    private static String profile(String description, String... executors) {
        return "{\"profiles\":[{\"name\":\"p\",\"description\":" + description + ",\"executors\":"
                + parts("executor", executors) + "}]}";
    }

    private static String policy(String... conditions) {
        return "{\"policies\":[{\"name\":\"q\",\"conditions\":" + parts("condition", conditions) + "}]}";
    }

    private static String parts(String id, String... ids) {
        ArrayNode parts = JSON.createArrayNode();
        for (String each : ids) {
            parts.addObject().put(id, each).putObject("configuration").put("of", each);
        }
        return parts.toString();
    }

    @Property
    void nothing_is_lost(@ForAll("profiles") ObjectNode profiles, @ForAll("policies") ObjectNode policies) {
        for (StandaloneForm form : StandaloneForm.values()) {
            String before = (form == StandaloneForm.PROFILES ? profiles : policies).toString();
            String stored = stored(form, before);
            assertThat(form.needsExtension(stored)).isFalse();
            assertThat(whole(form, stored)).isEqualTo(before);
            assertThat(stored(form, stored)).isEqualTo(stored);
            assertThat(whole(form, before)).isEqualTo(before);
        }
    }

    @Property
    void what_is_not_of_this_extension_stays_as_it_was_written(@ForAll("policies") ObjectNode policies) {
        policies.path("policies").forEach(policy -> ((ObjectNode) policy).putArray("conditions"));
        String before = policies.toPrettyString();
        assertThat(StandaloneForm.POLICIES.stored(before)).isSameAs(before);
        assertThat(StandaloneForm.POLICIES.whole(before)).isSameAs(before);
        assertThat(StandaloneForm.POLICIES.needsExtension(before)).isFalse();
    }

    @Example
    void a_profile_keeps_the_executors_of_others() {
        JsonNode profile = json(stored(
                        StandaloneForm.PROFILES, profile("\"mine\"", "mcp-delegation", "pkce-enforcer", "mcp-other")))
                .at("/profiles/0");
        assertThat(profile.at("/executors").findValuesAsText("executor")).containsExactly("pkce-enforcer");
        assertThat(profile.path("description").asText())
                .startsWith("Not in force: this server does not have Keycloak MCP Policies, which it needs. {")
                .contains("mcp-delegation", "mcp-other", "mine")
                .doesNotContain("pkce-enforcer");
    }

    @Example
    void a_policy_with_a_condition_of_this_extension_keeps_none() {
        assertThat(json(stored(StandaloneForm.POLICIES, policy("client-roles", "mcp-client")))
                        .at("/policies/0/conditions"))
                .isEmpty();
        assertThat(StandaloneForm.POLICIES.stored(policy("client-roles"))).isEqualTo(policy("client-roles"));
    }

    @Example
    void what_others_changed_in_the_meantime_stays() {
        ObjectNode stored = (ObjectNode) json(
                stored(StandaloneForm.PROFILES, profile("null", "pkce-enforcer", "mcp-delegation", "secure-session")));
        ((ArrayNode) stored.at("/profiles/0/executors")).remove(1);
        ((ArrayNode) stored.at("/profiles/0/executors")).remove(0);
        ((ObjectNode) stored.at("/profiles/0")).put("name", "renamed");
        ((ArrayNode) stored.at("/profiles")).addObject().put("name", "another");
        JsonNode whole = json(whole(StandaloneForm.PROFILES, stored.toString()));
        assertThat(whole.at("/profiles").findValuesAsText("name")).containsExactly("renamed", "another");
        assertThat(whole.at("/profiles/0/executors").findValuesAsText("executor"))
                .containsExactly("mcp-delegation");
        assertThat(whole.at("/profiles/0").has("description")).isFalse();

        JsonNode policies = json(stored(StandaloneForm.POLICIES, policy("mcp-client", "mcp-resource")));
        ((ArrayNode) policies.at("/policies/0/conditions")).addObject().put("condition", "client-roles");
        assertThat(json(whole(StandaloneForm.POLICIES, policies.toString())).findValuesAsText("condition"))
                .containsExactly("mcp-client", "mcp-resource", "client-roles");
    }

    @Example
    void what_cannot_be_read_stays_as_it_is() {
        String note = StandaloneForm.NOTE;
        for (String text : List.of(
                "",
                "null",
                "[]",
                "{",
                "{\"profiles\":{}}",
                "{\"profiles\":[null,1,{\"executors\":null},{\"executors\":[null,1,{\"executor\":7}]}]}",
                profile("\"" + note + "\""),
                profile("\"" + note + "{\""),
                profile("\"" + note + "{}\""),
                profile("\"" + note + "{\\\"executors\\\":1}\""),
                profile("\"x" + note + "{\\\"executors\\\":[]}\""))) {
            assertThat(StandaloneForm.PROFILES.whole(text)).as(text).isEqualTo(text);
            assertThat(StandaloneForm.PROFILES.stored(text)).as(text).isEqualTo(text);
            assertThat(StandaloneForm.PROFILES.needsExtension(text)).as(text).isFalse();
        }
        assertThat(StandaloneForm.PROFILES.whole(null)).isNull();
        assertThat(StandaloneForm.PROFILES.stored(null)).isNull();
        assertThat(StandaloneForm.PROFILES.needsExtension(null)).isFalse();
    }

    @Example
    void a_profile_or_policy_with_a_part_of_this_extension_needs_it() {
        assertThat(StandaloneForm.PROFILES.needsExtension(profile("null", "pkce-enforcer", "mcp-delegation")))
                .isTrue();
        assertThat(StandaloneForm.POLICIES.needsExtension(policy("client-roles", "mcp-client")))
                .isTrue();
        assertThat(StandaloneForm.POLICIES.needsExtension(policy("client-roles")))
                .isFalse();
    }

    @Example
    void a_list_that_somebody_took_away_is_there_again() {
        ObjectNode stored = (ObjectNode) json(stored(StandaloneForm.PROFILES, profile("null", "mcp-delegation")));
        ((ObjectNode) stored.at("/profiles/0")).putNull("executors");
        assertThat(json(whole(StandaloneForm.PROFILES, stored.toString()))
                        .at("/profiles/0/executors")
                        .findValuesAsText("executor"))
                .containsExactly("mcp-delegation");
    }

    @Provide
    Arbitrary<ObjectNode> profiles() {
        return items("profiles", "executors", "executor", "mcp-delegation", "mcp-other", "pkce-enforcer", "mcp");
    }

    @Provide
    Arbitrary<ObjectNode> policies() {
        return items("policies", "conditions", "condition", "mcp-client", "any-client", "mcpx");
    }

    private static Arbitrary<ObjectNode> items(String list, String parts, String id, String... ids) {
        Arbitrary<String> descriptions = Arbitraries.of("", "of \"mine\"", "ü\n", StandaloneForm.NOTE + "x");
        return Combinators.combine(
                        descriptions.injectNull(0.3), Arbitraries.of(ids).list().ofMaxSize(4))
                .as((description, chosen) -> {
                    ObjectNode item = JSON.createObjectNode().put("name", "x");
                    if (description != null) {
                        item.put("description", description);
                    }
                    item.set(parts, json(parts(id, chosen.toArray(String[]::new))));
                    return item.put("enabled", true);
                })
                .list()
                .ofMaxSize(3)
                .map(items -> {
                    ObjectNode all = JSON.createObjectNode();
                    all.putArray(list).addAll(items);
                    return all;
                });
    }
}
