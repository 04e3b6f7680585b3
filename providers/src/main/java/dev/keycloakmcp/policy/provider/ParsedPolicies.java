package dev.keycloakmcp.policy.provider;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.policy.RealmPolicies;
import dev.keycloakmcp.policy.RealmPolicies.Component;
import dev.keycloakmcp.policy.RealmPolicies.Policy;
import dev.keycloakmcp.policy.RealmPolicies.Profile;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.representations.idm.ClientPoliciesRepresentation;
import org.keycloak.representations.idm.ClientPolicyRepresentation;
import org.keycloak.representations.idm.ClientProfileRepresentation;
import org.keycloak.representations.idm.ClientProfilesRepresentation;
import org.keycloak.util.JsonSerialization;

/**
 * Profiles and policies, and what they were parsed from. What Keycloak cannot read counts as nothing, as it does there.
 *
 * @param source the texts as they are stored
 * @param whole the texts with everything in its place
 */
record ParsedPolicies(Source source, Source whole, RealmPolicies policies) {

    private static final String CONFIGURATION = "configuration";
    private static final String STRICT = "STRICT";
    private static final TypeReference<Map<String, Object>> MEMBERS = new TypeReference<>() {};

    /**
     * The texts that profiles and policies are parsed from. To compare two is cheap where their parts are the same objects, which
     * they are as long as the realm is in Keycloak's cache.
     *
     * @param profiles those of the realm itself, as JSON
     * @param policies those of the realm itself, as JSON
     */
    record Source(
            @Nullable String profiles,
            @Nullable String policies,
            List<ClientProfileRepresentation> globalProfiles,
            List<ClientPolicyRepresentation> globalPolicies) {

        private Source whole() {
            return new Source(
                    StandaloneForm.PROFILES.whole(profiles),
                    StandaloneForm.POLICIES.whole(policies),
                    globalProfiles,
                    globalPolicies);
        }
    }

    boolean isOf(Source other) {
        return source.equals(other);
    }

    static ParsedPolicies parse(Source source) {
        Source whole = source.whole();
        return new ParsedPolicies(source, whole, read(whole));
    }

    private static RealmPolicies read(Source source) {
        @Nullable List<Profile> own = profiles(source.profiles());
        if (own == null) {
            return RealmPolicies.unreadable(Objects.requireNonNullElse(source.profiles(), ""));
        }
        List<Profile> all = Stream.concat(
                        own.stream(), each(source.globalProfiles()).map(profile -> profile(profile, true)))
                .toList();
        @Nullable List<Policy> policies = policies(source);
        return policies == null
                ? RealmPolicies.withoutPolicies(all)
                : RealmPolicies.of(all, policies, StandaloneForm.isLeft(source.profiles(), source.policies()));
    }

    /** Null where Keycloak cannot read them: it refuses every request to which a policy applies then. */
    private static @Nullable List<Profile> profiles(@Nullable String text) {
        try {
            @Nullable ClientProfilesRepresentation own =
                    text == null ? null : JsonSerialization.readValue(text, ClientProfilesRepresentation.class);
            return own == null
                    ? List.of()
                    : each(own.getProfiles())
                            .map(profile -> profile(profile, false))
                            .toList();
        } catch (IOException e) {
            return null;
        }
    }

    /** Null where Keycloak cannot read them: it applies none then, not even a global one. */
    private static @Nullable List<Policy> policies(Source source) {
        // What the server turned off is nothing that a realm has.
        Stream<ClientPolicyRepresentation> global =
                each(source.globalPolicies()).filter(policy -> Boolean.TRUE.equals(policy.isEnabled()));
        try {
            @Nullable String text = source.policies();
            @Nullable ClientPoliciesRepresentation own =
                    text == null ? null : JsonSerialization.readValue(text, ClientPoliciesRepresentation.class);
            return Stream.concat(global, own == null ? Stream.empty() : each(own.getPolicies()))
                    .filter(policy -> policy.getName() != null)
                    .map(ParsedPolicies::policy)
                    .toList();
        } catch (IOException e) {
            return null;
        }
    }

    private static Profile profile(ClientProfileRepresentation profile, boolean global) {
        return new Profile(
                Objects.requireNonNullElse(profile.getName(), ""),
                global,
                each(profile.getExecutors())
                        .map(executor -> component(executor.getExecutorProviderId(), executor))
                        .toList());
    }

    private static Policy policy(ClientPolicyRepresentation policy) {
        return new Policy(
                policy.getName(),
                Boolean.TRUE.equals(policy.isEnabled()),
                STRICT.equalsIgnoreCase(policy.getMode()),
                each(policy.getConditions())
                        .map(condition -> component(condition.getConditionProviderId(), condition))
                        .toList(),
                each(policy.getProfiles()).toList());
    }

    private static Component component(@Nullable String providerId, Object representation) {
        return new Component(Objects.requireNonNullElse(providerId, ""), configuration(representation));
    }

    /**
     * The configuration of an executor or a condition, by way of JSON: its type differs between versions of Keycloak.
     *
     * @param representation of the executor or the condition
     */
    static Map<String, Object> configuration(Object representation) {
        JsonNode configuration =
                JsonSerialization.mapper.valueToTree(representation).path(CONFIGURATION);
        return configuration.isObject() ? JsonSerialization.mapper.convertValue(configuration, MEMBERS) : Map.of();
    }

    private static <T> Stream<T> each(@Nullable List<T> list) {
        return list == null ? Stream.empty() : list.stream().filter(Objects::nonNull);
    }
}
