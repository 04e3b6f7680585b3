package dev.keycloakmcp.policy;

import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.policy.RealmPolicies.Component;
import dev.keycloakmcp.policy.RealmPolicies.Profile;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Client profiles with all executors of this extension in one mode, whatever they are configured to. */
final class AssumedMode {

    private AssumedMode() {}

    static List<Profile> of(Collection<Profile> profiles, EnforcementMode mode) {
        return profiles.stream()
                .map(profile -> new Profile(
                        profile.name(),
                        profile.global(),
                        profile.executors().stream()
                                .map(executor -> of(executor, mode))
                                .toList()))
                .toList();
    }

    private static Component of(Component executor, EnforcementMode mode) {
        if (!McpExecutorIds.ALL.contains(executor.providerId())) {
            return executor;
        }
        Map<String, Object> configuration = new HashMap<>(executor.configuration());
        configuration.put(ExecutorSettings.ENFORCEMENT.key(), mode.value());
        return new Component(executor.providerId(), configuration);
    }
}
