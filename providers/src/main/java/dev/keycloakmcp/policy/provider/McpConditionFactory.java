package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.support.FlagSetting;
import dev.keycloakmcp.support.ListSetting;
import dev.keycloakmcp.support.Setting;
import dev.keycloakmcp.support.provider.Configurable;
import dev.keycloakmcp.support.provider.SettingProperties;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.representations.idm.ClientPolicyConditionRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyException;
import org.keycloak.services.clientpolicy.condition.AbstractClientPolicyConditionProviderFactory;

/** Base of the factories of MCP conditions: negative logic, which Keycloak reads, and one list. */
abstract class McpConditionFactory extends AbstractClientPolicyConditionProviderFactory implements Configurable {

    private final String providerId;
    private final String helpText;
    private final ListSetting list;

    McpConditionFactory(String providerId, String helpText, ListSetting list) {
        this.providerId = providerId;
        this.helpText = helpText;
        this.list = list;
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
        return List.of(list);
    }

    @Override
    public final List<ProviderConfigProperty> getConfigProperties() {
        return SettingProperties.of(providerId, List.of(new FlagSetting(IS_NEGATIVE_LOGIC, false, false), list));
    }

    @Override
    public final void validateConfiguration(
            KeycloakSession session, RealmModel realm, ClientPolicyConditionRepresentation condition)
            throws ClientPolicyException {
        Optional<String> problem =
                problem(session, realm, ParsedPolicies.configuration(condition).get(list.key()));
        if (problem.isPresent()) {
            throw new ClientPolicyException(problem.get());
        }
    }

    /** Why the list cannot be meant. */
    Optional<String> problem(KeycloakSession session, RealmModel realm, @Nullable Object stored) {
        return list.problem(stored);
    }
}
