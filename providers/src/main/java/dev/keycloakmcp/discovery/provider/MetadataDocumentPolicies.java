package dev.keycloakmcp.discovery.provider;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oauth2.cimd.clientpolicy.condition.ClientIdUriSchemeConditionFactory;
import org.keycloak.protocol.oauth2.cimd.clientpolicy.executor.AbstractClientIdMetadataDocumentExecutorFactory;
import org.keycloak.protocol.oauth2.cimd.clientpolicy.executor.ClientIdMetadataDocumentExecutorFactory;
import org.keycloak.representations.idm.ClientPoliciesRepresentation;
import org.keycloak.representations.idm.ClientPolicyConditionRepresentation;
import org.keycloak.representations.idm.ClientPolicyRepresentation;
import org.keycloak.representations.idm.ClientProfileRepresentation;
import org.keycloak.representations.idm.ClientProfilesRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyException;

/**
 * Whether client id metadata documents work in a realm. Keycloak's feature alone takes none, and neither do its executor
 * and its condition until they name domains.
 */
final class MetadataDocumentPolicies {

    private MetadataDocumentPolicies() {}

    static boolean takeDocuments(KeycloakSession session, RealmModel realm) {
        try {
            ClientProfilesRepresentation profiles = session.clientPolicy().getClientProfiles(realm, true);
            Set<String> able = all(profiles.getProfiles(), profiles.getGlobalProfiles())
                    .filter(MetadataDocumentPolicies::trustsDomains)
                    .map(ClientProfileRepresentation::getName)
                    .collect(Collectors.toSet());
            ClientPoliciesRepresentation policies = session.clientPolicy().getClientPolicies(realm, true);
            return all(policies.getPolicies(), policies.getGlobalPolicies())
                    .filter(ClientPolicyRepresentation::isEnabled)
                    .filter(MetadataDocumentPolicies::canApply)
                    .flatMap(policy -> all(policy.getProfiles()))
                    .anyMatch(able::contains);
        } catch (ClientPolicyException e) {
            return false; // policies that cannot be read make nothing work
        }
    }

    private static boolean trustsDomains(ClientProfileRepresentation profile) {
        return all(profile.getExecutors())
                .filter(executor ->
                        ClientIdMetadataDocumentExecutorFactory.PROVIDER_ID.equals(executor.getExecutorProviderId()))
                .anyMatch(executor -> names(
                        executor.getConfiguration(), AbstractClientIdMetadataDocumentExecutorFactory.TRUSTED_DOMAINS));
    }

    /** A policy without conditions never applies, nor does one whose condition on client ids matches none. */
    private static boolean canApply(ClientPolicyRepresentation policy) {
        List<ClientPolicyConditionRepresentation> conditions =
                all(policy.getConditions()).toList();
        return !conditions.isEmpty()
                && conditions.stream()
                        .filter(condition -> ClientIdUriSchemeConditionFactory.PROVIDER_ID.equals(
                                condition.getConditionProviderId()))
                        .map(ClientPolicyConditionRepresentation::getConfiguration)
                        .allMatch(configuration ->
                                names(configuration, ClientIdUriSchemeConditionFactory.CLIENT_ID_URI_SCHEME)
                                        && names(configuration, ClientIdUriSchemeConditionFactory.TRUSTED_DOMAINS));
    }

    /** Whether a member holds at least one value that is not blank. */
    private static boolean names(@Nullable JsonNode configuration, String member) {
        return Optional.ofNullable(configuration).map(members -> members.get(member)).stream()
                .flatMap(value -> value.isArray() ? value.valueStream() : Stream.of(value))
                .anyMatch(value -> !value.asText("").isBlank());
    }

    @SafeVarargs
    private static <T> Stream<T> all(@Nullable List<T>... lists) {
        return Stream.of(lists).filter(Objects::nonNull).flatMap(List::stream);
    }
}
