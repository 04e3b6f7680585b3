package dev.keycloakmcp.admin.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.policy.ExecutorSettings;
import dev.keycloakmcp.policy.ExtensionIds;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.representations.idm.ClientPoliciesRepresentation;
import org.keycloak.representations.idm.ClientPolicyExecutorRepresentation;
import org.keycloak.representations.idm.ClientPolicyRepresentation;
import org.keycloak.representations.idm.ClientProfileRepresentation;
import org.keycloak.representations.idm.ClientProfilesRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyException;
import org.keycloak.util.JsonSerialization;

/**
 * The client profiles and policies that a realm itself has, as they are stored.
 *
 * @param profiles as Keycloak's own admin call answers them
 * @param policies as Keycloak's own admin call answers them
 */
record StoredPolicies(ClientProfilesRepresentation profiles, ClientPoliciesRepresentation policies) {

    static StoredPolicies of(KeycloakSession session, RealmModel realm) throws ClientPolicyException {
        return new StoredPolicies(
                session.clientPolicy().getClientProfiles(realm, false),
                session.clientPolicy().getClientPolicies(realm, false));
    }

    List<ClientProfileRepresentation> profileList() {
        return list(profiles.getProfiles());
    }

    List<ClientPolicyRepresentation> policyList() {
        return list(policies.getPolicies());
    }

    /** The profiles and one more. */
    ClientProfilesRepresentation with(ClientProfileRepresentation profile) {
        profiles.setProfiles(
                Stream.concat(profileList().stream(), Stream.of(profile)).toList());
        return profiles;
    }

    /** The profiles, of which that one has the executors of this extension in a mode; all other settings are as they were. */
    ClientProfilesRepresentation in(EnforcementMode mode, String name) {
        profileList().stream()
                .filter(profile -> profile.getName().equals(name))
                .forEach(profile -> profile.setExecutors(executors(profile).stream()
                        .map(executor ->
                                ExtensionIds.contain(executor.getExecutorProviderId()) ? in(mode, executor) : executor)
                        .toList()));
        return profiles;
    }

    /** By way of the JSON: the type of the configuration differs between Keycloak 26.7 and 26.8. */
    static ClientPolicyExecutorRepresentation in(EnforcementMode mode, ClientPolicyExecutorRepresentation executor) {
        if (onlyReports(executor) == (mode == EnforcementMode.REPORT)) {
            return executor;
        }
        ObjectNode json = JsonSerialization.mapper.valueToTree(executor);
        ObjectNode configuration =
                json.get("configuration") instanceof ObjectNode settings ? settings : json.putObject("configuration");
        configuration.put(ExecutorSettings.ENFORCEMENT.key(), mode.value());
        return JsonSerialization.mapper.convertValue(json, ClientPolicyExecutorRepresentation.class);
    }

    /** The policies and one more. */
    ClientPoliciesRepresentation with(ClientPolicyRepresentation policy) {
        policies.setPolicies(
                Stream.concat(policyList().stream(), Stream.of(policy)).toList());
        return policies;
    }

    /** The profiles but these, and none with an executor of this extension. */
    ClientProfilesRepresentation withoutProfiles(Set<String> gone) {
        profiles.setProfiles(profileList().stream()
                .filter(profile -> !gone.contains(profile.getName()))
                .toList());
        profileList()
                .forEach(profile -> profile.setExecutors(executors(profile).stream()
                        .filter(executor -> !ExtensionIds.contain(executor.getExecutorProviderId()))
                        .toList()));
        return profiles;
    }

    /** The policies but these, and none that applies these profiles. */
    ClientPoliciesRepresentation withoutPolicies(Set<String> gone, Set<String> goneProfiles) {
        policies.setPolicies(policyList().stream()
                .filter(policy -> !gone.contains(policy.getName()))
                .toList());
        policyList()
                .forEach(policy -> policy.setProfiles(list(policy.getProfiles()).stream()
                        .filter(profile -> !goneProfiles.contains(profile))
                        .toList()));
        return policies;
    }

    static List<ClientPolicyExecutorRepresentation> executors(ClientProfileRepresentation profile) {
        return list(profile.getExecutors());
    }

    /** True when an executor refuses nothing. Read as JSON: the type of the configuration differs between Keycloak 26.7 and 26.8. */
    static boolean onlyReports(ClientPolicyExecutorRepresentation executor) {
        JsonNode json = JsonSerialization.mapper.valueToTree(executor);
        return ExecutorSettings.ENFORCEMENT.read(json.path("configuration")
                        .path(ExecutorSettings.ENFORCEMENT.key())
                        .asText(null))
                == EnforcementMode.REPORT;
    }

    /** A list that JSON may leave out. */
    static <T> List<T> list(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
