package dev.keycloakmcp.audit.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.ChangelogEntities;
import org.keycloak.connections.jpa.entityprovider.JpaEntityProviderFactory;

/** Brings the tables of the audit trail into Keycloak's database. */
@AutoService(JpaEntityProviderFactory.class)
public final class AuditEntityProviderFactory extends ChangelogEntities {

    static final String PROVIDER_ID = "mcp-audit";

    public AuditEntityProviderFactory() {
        super(
                PROVIDER_ID,
                "META-INF/mcp-audit-changelog.xml",
                AuditColumns.class,
                AuditJournalEntity.class,
                AuditRowEntity.class,
                AuditActorEntity.class,
                AuditScopeEntity.class);
    }
}
