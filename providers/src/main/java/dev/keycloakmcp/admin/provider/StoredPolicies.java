package dev.keycloakmcp.admin.provider;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.decision.EnforcementMode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.representations.idm.ClientPoliciesRepresentation;
import org.keycloak.representations.idm.ClientPolicyExecutorRepresentation;
import org.keycloak.representations.idm.ClientPolicyRepresentation;
import org.keycloak.representations.idm.ClientProfileRepresentation;
import org.keycloak.representations.idm.ClientProfilesRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyException;

/**
 * The client profiles and policies that a realm itself has, as they are stored.
 *
 * @param profiles to be changed in place
 * @param policies to be changed in place
 */
record StoredPolicies(ClientProfilesRepresentation profiles, ClientPoliciesRepresentation policies) {

    private static final String ENFORCEMENT = "enforcement";

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

    static List<ClientPolicyExecutorRepresentation> executors(ClientProfileRepresentation profile) {
        return list(profile.getExecutors());
    }

    /** True when an executor refuses nothing. */
    static boolean onlyReports(ClientPolicyExecutorRepresentation executor) {
        JsonNode configuration = executor.getConfiguration();
        return configuration != null
                && EnforcementMode.REPORT
                        .value()
                        .equals(configuration.path(ENFORCEMENT).asText());
    }

    /** A list that JSON may leave out. */
    static <T> List<T> list(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
