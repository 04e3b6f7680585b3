package dev.keycloakmcp.policy.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.resource.provider.SavedServers;
import dev.keycloakmcp.support.ListSetting;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.clientpolicy.condition.ClientPolicyConditionProvider;
import org.keycloak.services.clientpolicy.condition.ClientPolicyConditionProviderFactory;

/** Makes {@link McpResourceCondition}. */
@AutoService(ClientPolicyConditionProviderFactory.class)
public final class McpResourceConditionFactory extends McpConditionFactory {

    static final String PROVIDER_ID = "mcp-resource";

    static final ListSetting RESOURCES = ListSetting.of("resources").withCommas();

    public McpResourceConditionFactory() {
        super(
                PROVIDER_ID,
                "Applies to requests for a token for one of these MCP servers, whether the target is sent (RFC 8707) or"
                        + " follows from the scopes.",
                RESOURCES);
    }

    @Override
    public ClientPolicyConditionProvider<?> create(KeycloakSession session) {
        return new McpResourceCondition(session);
    }

    @Override
    Optional<String> problem(KeycloakSession session, RealmModel realm, @Nullable Object stored) {
        return SavedServers.of(session, realm)
                .problem(RESOURCES.read(stored))
                .map(problem -> "'" + RESOURCES.key() + "': " + problem);
    }
}
