package dev.keycloakmcp.registration.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.policy.provider.ExtensionInfo;
import dev.keycloakmcp.registration.RegistrationSettings;
import dev.keycloakmcp.resource.provider.SavedServers;
import dev.keycloakmcp.support.Setting;
import dev.keycloakmcp.support.provider.Configurable;
import java.util.List;
import java.util.Map;
import org.keycloak.component.ComponentModel;
import org.keycloak.component.ComponentValidationException;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ServerInfoAwareProviderFactory;
import org.keycloak.services.clientregistration.policy.AbstractClientRegistrationPolicyFactory;
import org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy;
import org.keycloak.services.clientregistration.policy.ClientRegistrationPolicyFactory;

/** Turns the {@code mcp} registration endpoint of a realm on, and configures it. */
@AutoService(ClientRegistrationPolicyFactory.class)
public final class McpClientRegistrationPolicyFactory extends AbstractClientRegistrationPolicyFactory
        implements ServerInfoAwareProviderFactory, Configurable {

    static final String PROVIDER_ID = "mcp-client-registration";

    @Override
    public ClientRegistrationPolicy create(KeycloakSession session, ComponentModel model) {
        return new McpClientRegistrationPolicy();
    }

    @Override
    public String getId() {
        return PROVIDER_ID;
    }

    @Override
    public String getHelpText() {
        return "Lets MCP clients register themselves at /clients-registrations/mcp. Governs that endpoint alone; the"
                + " other registration endpoints and their policies stay as they are, and cannot change its clients.";
    }

    @Override
    public List<Setting<?>> settings() {
        return RegistrationSettings.ALL;
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return RegistrationForm.fields();
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties(KeycloakSession session) {
        return RegistrationForm.fields(session.getContext().getRealm());
    }

    @Override
    public void validateConfiguration(KeycloakSession session, RealmModel realm, ComponentModel config)
            throws ComponentValidationException {
        RegistrationConfiguration.of(config).validate(SavedServers.of(session, realm));
    }

    @Override
    public Map<String, String> getOperationalInfo() {
        return ExtensionInfo.operational();
    }
}
