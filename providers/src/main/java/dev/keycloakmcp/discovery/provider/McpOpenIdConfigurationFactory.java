package dev.keycloakmcp.discovery.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.registration.provider.McpRegistration;
import org.jspecify.annotations.Nullable;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.protocol.oidc.OIDCWellKnownProviderFactory;
import org.keycloak.utils.KeycloakSessionUtil;
import org.keycloak.wellknown.WellKnownProvider;
import org.keycloak.wellknown.WellKnownProviderFactory;

/** The document {@code openid-configuration} (OpenID Connect Discovery), below the realm and in path-insertion form. */
@AutoService(WellKnownProviderFactory.class)
public final class McpOpenIdConfigurationFactory implements WellKnownProviderFactory {

    static final String PROVIDER_ID = "mcp-openid-configuration";

    /** The path parameter of Keycloak's resource. */
    private static final String REALM = "realm";

    @Override
    public WellKnownProvider create(KeycloakSession session) {
        return new McpMetadata(session, OIDCWellKnownProviderFactory.PROVIDER_ID);
    }

    @Override
    public String getAlias() {
        return OIDCWellKnownProviderFactory.PROVIDER_ID;
    }

    /** The lowest wins; Keycloak's own has 100. */
    @Override
    public int getPriority() {
        return 1;
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
