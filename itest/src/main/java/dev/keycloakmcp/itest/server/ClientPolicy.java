package dev.keycloakmcp.itest.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.ClientPoliciesRepresentation;
import org.keycloak.representations.idm.ClientPolicyConditionRepresentation;
import org.keycloak.representations.idm.ClientPolicyExecutorRepresentation;
import org.keycloak.representations.idm.ClientPolicyRepresentation;
import org.keycloak.representations.idm.ClientProfileRepresentation;
import org.keycloak.representations.idm.ClientProfilesRepresentation;

/**
 * A client policy, and a profile of the same name that is for it alone.
 *
 * @param conditions their configurations by provider id
 * @param executors their configurations by provider id, in the order in which they run
 */
public record ClientPolicy(
        String name,
        boolean enabled,
        Map<String, ? extends Map<String, ?>> conditions,
        Map<String, ? extends Map<String, ?>> executors) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The policy {@code mcp} for all MCP clients. */
    public static ClientPolicy mcp(Map<String, ? extends Map<String, ?>> executors) {
        return new ClientPolicy("mcp", true, Map.of("mcp-client", Map.of()), executors);
    }

    /** Replaces what a realm has. */
    public static void replace(RealmResource realm, List<ClientPolicy> all) {
        realm.clientPoliciesPoliciesResource().updatePolicies(new ClientPoliciesRepresentation());
        realm.clientPoliciesProfilesResource().updateProfiles(profiles(all));
        realm.clientPoliciesPoliciesResource().updatePolicies(policies(all));
    }

    private static ClientProfilesRepresentation profiles(List<ClientPolicy> all) {
        ClientProfilesRepresentation profiles = new ClientProfilesRepresentation();
        profiles.setProfiles(all.stream().map(ClientPolicy::profile).toList());
        return profiles;
    }

    private static ClientPoliciesRepresentation policies(List<ClientPolicy> all) {
        ClientPoliciesRepresentation policies = new ClientPoliciesRepresentation();
        policies.setPolicies(all.stream().map(ClientPolicy::policy).toList());
        return policies;
    }

    private ClientProfileRepresentation profile() {
        ClientProfileRepresentation profile = new ClientProfileRepresentation();
        profile.setName(name);
        profile.setExecutors(executors.entrySet().stream()
                .map(configured -> {
                    ClientPolicyExecutorRepresentation executor = new ClientPolicyExecutorRepresentation();
                    executor.setExecutorProviderId(configured.getKey());
                    executor.setConfiguration(JSON.valueToTree(configured.getValue()));
                    return executor;
                })
                .toList());
        return profile;
    }

    private ClientPolicyRepresentation policy() {
        ClientPolicyRepresentation policy = new ClientPolicyRepresentation();
        policy.setName(name);
        policy.setEnabled(enabled);
        policy.setConditions(conditions.entrySet().stream()
                .map(configured -> {
                    ClientPolicyConditionRepresentation condition = new ClientPolicyConditionRepresentation();
                    condition.setConditionProviderId(configured.getKey());
                    condition.setConfiguration(JSON.valueToTree(configured.getValue()));
                    return condition;
                })
                .toList());
        policy.setProfiles(List.of(name));
        return policy;
    }
}
