package dev.keycloakmcp.discovery.provider;

import com.google.auto.service.AutoService;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.protocol.oauth2.OAuth2WellKnownProviderFactory;
import org.keycloak.wellknown.WellKnownProvider;
import org.keycloak.wellknown.WellKnownProviderFactory;

/** The document {@code oauth-authorization-server} (RFC 8414), below the realm and in path-insertion form. */
@AutoService(WellKnownProviderFactory.class)
public final class McpAuthorizationServerMetadataFactory implements WellKnownProviderFactory {

    static final String PROVIDER_ID = "mcp-oauth-authorization-server";

    @Override
    public WellKnownProvider create(KeycloakSession session) {
        return new McpMetadata(session, OAuth2WellKnownProviderFactory.PROVIDER_ID);
    }

    @Override
    public String getAlias() {
        return OAuth2WellKnownProviderFactory.PROVIDER_ID;
    }

    /** The lowest wins; Keycloak's own has 100. */
    @Override
    public int getPriority() {
        return 1;
    }

    @Override
    public boolean isAvailableViaServerMetadata() {
        return true;
    }

    @Override
    public void init(Config.Scope config) {}

    @Override
    public void postInit(KeycloakSessionFactory factory) {}

    @Override
    public void close() {}

    @Override
    public String getId() {
        return PROVIDER_ID;
    }
}
