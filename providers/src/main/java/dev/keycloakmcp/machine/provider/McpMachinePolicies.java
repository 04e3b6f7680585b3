package dev.keycloakmcp.machine.provider;

import dev.keycloakmcp.machine.AcceptedMethods;
import dev.keycloakmcp.policy.McpExecutorIds;
import dev.keycloakmcp.policy.RealmPolicies.Component;
import dev.keycloakmcp.policy.RealmPolicies.InForce;
import dev.keycloakmcp.policy.provider.McpRealm;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.util.JsonSerialization;

/** The machine policies of a realm, for the metadata that announces them. */
public final class McpMachinePolicies {

    private McpMachinePolicies() {}

    /** How agents may authenticate; absent where no enabled policy enforces anything. */
    public static Optional<AcceptedMethods> acceptedMethods(KeycloakSession session, RealmModel realm) {
        List<Component> enforced = McpRealm.policies(session, realm).inForce(McpExecutorIds.CLIENT_CREDENTIALS).stream()
                .map(InForce::executor)
                .filter(executor -> !executor.onlyReports())
                .toList();
        return enforced.isEmpty()
                ? Optional.empty()
                : Optional.of(new AcceptedMethods(enforced.stream()
                        .map(executor -> JsonSerialization.mapper.convertValue(
                                executor.configuration(), McpClientCredentialsConfiguration.class))
                        .flatMap(configuration -> configuration.credentialRule().allowedMethods().stream())
                        .collect(Collectors.toUnmodifiableSet())));
    }
}
