package dev.keycloakmcp.registration.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.ChangelogEntities;
import org.keycloak.connections.jpa.entityprovider.JpaEntityProviderFactory;

/** Brings the table of client ids that stay suspended into Keycloak's database. */
@AutoService(JpaEntityProviderFactory.class)
public final class StoppedClientEntityProviderFactory extends ChangelogEntities {

    static final String PROVIDER_ID = "mcp-registration";

    public StoppedClientEntityProviderFactory() {
        super(PROVIDER_ID, "META-INF/mcp-registration-changelog.xml", StoppedClientEntity.class);
    }
}
