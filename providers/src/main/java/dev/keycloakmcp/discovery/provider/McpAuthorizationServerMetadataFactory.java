package dev.keycloakmcp.discovery.provider;

import com.google.auto.service.AutoService;
import org.keycloak.protocol.oauth2.OAuth2WellKnownProviderFactory;
import org.keycloak.wellknown.WellKnownProviderFactory;

/** The document {@code oauth-authorization-server} (RFC 8414), below the realm and in path-insertion form. */
@AutoService(WellKnownProviderFactory.class)
public final class McpAuthorizationServerMetadataFactory extends McpMetadataFactory {

    static final String PROVIDER_ID = "mcp-oauth-authorization-server";

    public McpAuthorizationServerMetadataFactory() {
        super(PROVIDER_ID, OAuth2WellKnownProviderFactory.PROVIDER_ID);
    }

    @Override
    public boolean isAvailableViaServerMetadata() {
        return true;
    }
}
