package org.keycloak.simulated;

import java.util.ArrayList;
import java.util.List;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.mappers.OIDCAttributeMapperHelper;
import org.keycloak.protocol.oidc.mappers.ParameterizedScopeMapper;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.representations.IDToken;

/** Maps the client that a parameterized scope names to the id of its service account. */
public class ClientSubMapper extends ParameterizedScopeMapper {

    private final List<ProviderConfigProperty> properties = new ArrayList<>();

    public ClientSubMapper() {
        OIDCAttributeMapperHelper.addIncludeInTokensConfig(properties, ClientSubMapper.class);
    }

    @Override
    public String getId() {
        return "oidc-parameterized-scope-client-sub-mapper";
    }

    @Override
    public String getDisplayType() {
        return "Simulated: client sub of a parameterized scope";
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return properties;
    }

    @Override
    protected void setClaim(
            IDToken token,
            ProtocolMapperModel mapper,
            UserSessionModel userSession,
            KeycloakSession session,
            List<String> parameters) {
        for (String clientId : parameters) {
            ClientModel client = userSession.getRealm().getClientByClientId(clientId);
            UserModel account = client == null ? null : session.users().getServiceAccount(client);
            if (account != null) {
                OIDCAttributeMapperHelper.mapClaim(token, mapper, account.getId());
            }
        }
    }
}
