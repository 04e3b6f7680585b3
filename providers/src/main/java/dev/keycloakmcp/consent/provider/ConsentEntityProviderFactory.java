package dev.keycloakmcp.consent.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.ChangelogEntities;
import org.keycloak.connections.jpa.entityprovider.JpaEntityProviderFactory;
import org.keycloak.models.KeycloakSessionFactory;

/** Brings the table of remembered answers into Keycloak's database, and keeps it free of those nobody can give again. */
@AutoService(JpaEntityProviderFactory.class)
public final class ConsentEntityProviderFactory extends ChangelogEntities {

    static final String PROVIDER_ID = "mcp-consent";

    public ConsentEntityProviderFactory() {
        super(PROVIDER_ID, "META-INF/mcp-consent-changelog.xml", RememberedConsentEntity.class);
    }

    @Override
    public void postInit(KeycloakSessionFactory factory) {
        factory.register(new ConsentRemoval());
    }
}
