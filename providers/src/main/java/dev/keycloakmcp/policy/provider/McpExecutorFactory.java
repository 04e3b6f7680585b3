package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.policy.ExecutorSettings;
import dev.keycloakmcp.support.Setting;
import dev.keycloakmcp.support.provider.Configurable;
import dev.keycloakmcp.support.provider.SettingProperties;
import dev.keycloakmcp.support.provider.UnconfiguredFactory;
import java.util.List;
import java.util.stream.Stream;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProvider;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProviderFactory;

/** The base of the factories of MCP executors. */
public abstract class McpExecutorFactory
        implements ClientPolicyExecutorProviderFactory,
                Configurable,
                UnconfiguredFactory<ClientPolicyExecutorProvider> {

    private static final String COMMON = "mcp-executor";

    private final String providerId;
    private final String helpText;
    private final List<Setting<?>> own;

    /** @param own settings of the executor besides {@link ExecutorSettings} */
    protected McpExecutorFactory(String providerId, String helpText, List<Setting<?>> own) {
        this.providerId = providerId;
        this.helpText = helpText;
        this.own = own;
    }

    @Override
    public final String getId() {
        return providerId;
    }

    @Override
    public final String getHelpText() {
        return helpText;
    }

    @Override
    public final List<Setting<?>> settings() {
        return Stream.concat(ExecutorSettings.ALL.stream(), own.stream()).toList();
    }

    @Override
    public final List<ProviderConfigProperty> getConfigProperties() {
        return Stream.concat(
                        SettingProperties.of(COMMON, ExecutorSettings.ALL).stream(),
                        SettingProperties.of(providerId, own).stream())
                .toList();
    }
}
