package dev.keycloakmcp.policy.provider;

import java.util.stream.Stream;
import org.keycloak.models.ClientModel;
import org.keycloak.models.OAuth2DeviceConfig;
import org.keycloak.protocol.oidc.OIDCConfigAttributes;

/** The grants that a client may use, by Keycloak's switches for them. */
public final class GrantsOfClient {

    private GrantsOfClient() {}

    /** True where any grant signs people in: by a browser, a password, a device, a call back, or an assertion about them. */
    public static boolean signPeopleIn(ClientModel client) {
        return client.isStandardFlowEnabled()
                || client.isImplicitFlowEnabled()
                || client.isDirectAccessGrantsEnabled()
                || client.getRealm().getCibaPolicy().isOIDCCIBAGrantEnabled(client)
                || Stream.of(
                                OAuth2DeviceConfig.OAUTH2_DEVICE_AUTHORIZATION_GRANT_ENABLED,
                                OIDCConfigAttributes.JWT_AUTHORIZATION_GRANT_ENABLED)
                        .anyMatch(grant -> isOn(client, grant));
    }

    /** True where Keycloak's token exchange is on. */
    public static boolean exchangeTokens(ClientModel client) {
        return isOn(client, OIDCConfigAttributes.STANDARD_TOKEN_EXCHANGE_ENABLED);
    }

    private static boolean isOn(ClientModel client, String grant) {
        return Boolean.parseBoolean(client.getAttribute(grant));
    }
}
