package dev.keycloakmcp.discovery.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.registration.provider.McpRegistration;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.OIDCWellKnownProviderFactory;
import org.keycloak.utils.KeycloakSessionUtil;
import org.keycloak.wellknown.WellKnownProviderFactory;

/** The document {@code openid-configuration} (OpenID Connect Discovery), below the realm and in path-insertion form. */
@AutoService(WellKnownProviderFactory.class)
public final class McpOpenIdConfigurationFactory extends McpMetadataFactory {

    static final String PROVIDER_ID = "mcp-openid-configuration";

    /** The path parameter of Keycloak's resource. */
    private static final String REALM = "realm";

    public McpOpenIdConfigurationFactory() {
        super(PROVIDER_ID, OIDCWellKnownProviderFactory.PROVIDER_ID);
    }

    /** Keycloak has no such path: only for the realm of a request whose realm lets MCP clients register. */
    @Override
    public boolean isAvailableViaServerMetadata() {
        @Nullable KeycloakSession session = KeycloakSessionUtil.getKeycloakSession();
        @Nullable String realm = session == null
                ? null
                : session.getContext().getUri().getPathParameters().getFirst(REALM);
        return realm != null && McpRegistration.isOpen(session.realms().getRealmByName(realm));
    }
}
