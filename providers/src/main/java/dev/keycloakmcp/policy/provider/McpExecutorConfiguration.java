package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.policy.ExecutorSettings;
import dev.keycloakmcp.resource.WhenMissing;
import dev.keycloakmcp.support.Setting;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.stream.Stream;
import org.keycloak.representations.idm.ClientPolicyExecutorConfigurationRepresentation;
import org.keycloak.services.ErrorResponse;

/** The configuration of an executor of this extension: values as Keycloak stored them, read by its table of settings. */
public abstract class McpExecutorConfiguration extends ClientPolicyExecutorConfigurationRepresentation {

    private final String providerId;
    private final List<Setting<?>> settings;

    /** @param settings those of the executor besides {@link ExecutorSettings} */
    protected McpExecutorConfiguration(String providerId, List<Setting<?>> settings) {
        this.providerId = providerId;
        this.settings = settings;
    }

    /** The value of a setting. */
    protected final <T> T value(Setting<T> setting) {
        return setting.read(getConfigAsMap().get(setting.key()));
    }

    /** Enforced, unless it says that it only reports. */
    public EnforcementMode enforcement() {
        return value(ExecutorSettings.ENFORCEMENT);
    }

    /** The treatment of a request that names no target. */
    public WhenMissing whenMissing() {
        return value(ExecutorSettings.WHEN_MISSING);
    }

    final String providerId() {
        return providerId;
    }

    /**
     * Refuses what cannot be meant, with a message that names the field: Keycloak itself only says that some executor has
     * an invalid configuration. It asks when a profile is saved or imported.
     */
    @Override
    public boolean validateConfig() {
        Stream.concat(ExecutorSettings.ALL.stream(), settings.stream())
                .flatMap(setting -> setting.problem(getConfigAsMap().get(setting.key())).stream())
                .findFirst()
                .ifPresent(problem -> {
                    throw ErrorResponse.error(providerId + ": " + problem, Response.Status.BAD_REQUEST);
                });
        return true;
    }
}
