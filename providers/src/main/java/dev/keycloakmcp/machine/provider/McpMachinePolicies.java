package dev.keycloakmcp.machine.provider;

import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.machine.AcceptedMethods;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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

/** What the machine policies of a realm say, for those who announce it. */
public final class McpMachinePolicies {

    private McpMachinePolicies() {}

    /** How agents may authenticate; absent where no enabled policy enforces anything. */
    public static Optional<AcceptedMethods> acceptedMethods(KeycloakSession session, RealmModel realm) {
        List<McpClientCredentialsExecutor.Configuration> enforced = configurations(session, realm)
                .filter(configuration -> configuration.enforcement() == EnforcementMode.ENFORCE)
                .toList();
        return enforced.isEmpty()
                ? Optional.empty()
                : Optional.of(new AcceptedMethods(enforced.stream()
                        .flatMap(configuration -> configuration.credentialRule().allowedMethods().stream())
                        .collect(Collectors.toUnmodifiableSet())));
    }

    private static Stream<McpClientCredentialsExecutor.Configuration> configurations(
            KeycloakSession session, RealmModel realm) {
        try {
            ClientPoliciesRepresentation policies = session.clientPolicy().getClientPolicies(realm, true);
            Set<String> inForce = Stream.of(policies.getPolicies(), policies.getGlobalPolicies())
                    .flatMap(McpMachinePolicies::each)
                    .filter(policy -> Boolean.TRUE.equals(policy.isEnabled()))
                    .map(ClientPolicyRepresentation::getProfiles)
                    .flatMap(McpMachinePolicies::each)
                    .collect(Collectors.toUnmodifiableSet());
            ClientProfilesRepresentation profiles = session.clientPolicy().getClientProfiles(realm, true);
            return Stream.of(profiles.getProfiles(), profiles.getGlobalProfiles())
                    .flatMap(McpMachinePolicies::each)
                    .filter(profile -> inForce.contains(profile.getName()))
                    .map(ClientProfileRepresentation::getExecutors)
                    .flatMap(McpMachinePolicies::each)
                    .filter(executor ->
                            McpClientCredentialsExecutorFactory.PROVIDER_ID.equals(executor.getExecutorProviderId()))
                    .map(McpMachinePolicies::configuration);
        } catch (ClientPolicyException e) {
            return Stream.empty(); // policies that cannot be read are in nobody's way
        }
    }

    private static McpClientCredentialsExecutor.Configuration configuration(
            ClientPolicyExecutorRepresentation executor) {
        return executor.getConfiguration() == null
                ? new McpClientCredentialsExecutor.Configuration()
                : JsonSerialization.mapper.convertValue(
                        executor.getConfiguration(), McpClientCredentialsExecutor.Configuration.class);
    }

    private static <T> Stream<T> each(@Nullable Collection<T> values) {
        return values == null ? Stream.empty() : values.stream();
    }
}
