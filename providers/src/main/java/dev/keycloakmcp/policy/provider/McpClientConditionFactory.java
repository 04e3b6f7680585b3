package dev.keycloakmcp.policy.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.policy.ClientKind;
import dev.keycloakmcp.support.ListSetting;
import java.util.Arrays;
import java.util.List;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.clientpolicy.condition.ClientPolicyConditionProvider;
import org.keycloak.services.clientpolicy.condition.ClientPolicyConditionProviderFactory;

/** Makes {@link McpClientCondition}. */
@AutoService(ClientPolicyConditionProviderFactory.class)
public final class McpClientConditionFactory extends McpConditionFactory {

    static final String PROVIDER_ID = "mcp-client";

    private static final List<String> OPTIONS =
            Arrays.stream(ClientKind.values()).map(ClientKind::value).toList();

    static final ListSetting KINDS =
            ListSetting.of("kinds").offering(OPTIONS).where(OPTIONS::contains, "is none of " + OPTIONS);

    public McpClientConditionFactory() {
        super(
                PROVIDER_ID,
                "Applies to clients that take part in MCP: those that use MCP servers, and the servers themselves. On"
                        + " defaults it is a complete choice for a policy with the MCP executors.",
                KINDS);
    }

    @Override
    public ClientPolicyConditionProvider<?> create(KeycloakSession session) {
        return new McpClientCondition(session);
    }
}
