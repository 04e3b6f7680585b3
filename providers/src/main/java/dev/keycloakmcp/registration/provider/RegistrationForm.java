package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.registration.RegistrationSettings;
import dev.keycloakmcp.support.provider.SettingProperties;
import java.util.List;
import java.util.stream.Stream;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.provider.ProviderConfigProperty;

/** The form of the registration policy in the Admin Console. */
final class RegistrationForm {

    private RegistrationForm() {}

    /** The fields without what a realm knows. */
    static List<ProviderConfigProperty> fields() {
        return SettingProperties.of(McpClientRegistrationPolicyFactory.PROVIDER_ID, RegistrationSettings.ALL);
    }

    /** The fields, where scopes are picked from those of the realm. */
    static List<ProviderConfigProperty> fields(RealmModel realm) {
        List<String> scopes = Stream.concat(
                        Stream.of(RegistrationSettings.NO_EXTRA_SCOPE),
                        realm.getClientScopesStream()
                                .filter(scope -> OIDCLoginProtocol.LOGIN_PROTOCOL.equals(scope.getProtocol()))
                                .map(ClientScopeModel::getName)
                                .sorted())
                .toList();
        List<ProviderConfigProperty> fields = fields();
        fields.stream()
                .filter(field -> RegistrationSettings.EXTRA_SCOPES.key().equals(field.getName()))
                .forEach(field -> field.setOptions(scopes));
        return fields;
    }
}
