package dev.keycloakmcp.discovery.provider;

import dev.keycloakmcp.support.provider.UnconfiguredFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.wellknown.WellKnownProvider;
import org.keycloak.wellknown.WellKnownProviderFactory;

/** Base of the factories of metadata documents, which stand in front of Keycloak's own of the same alias. */
abstract class McpMetadataFactory implements WellKnownProviderFactory, UnconfiguredFactory<WellKnownProvider> {

    private final String id;
    private final String alias;

    /** @param alias the id of Keycloak's own factory, which is its alias, too */
    McpMetadataFactory(String id, String alias) {
        this.id = id;
        this.alias = alias;
    }

    @Override
    public final WellKnownProvider create(KeycloakSession session) {
        return new McpMetadata(session, alias);
    }

    @Override
    public final String getAlias() {
        return alias;
    }

    /** The lowest wins; Keycloak's own has 100. */
    @Override
    public final int getPriority() {
        return 1;
    }

    @Override
    public final String getId() {
        return id;
    }
}
