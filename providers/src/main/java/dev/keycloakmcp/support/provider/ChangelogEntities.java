package dev.keycloakmcp.support.provider;

import java.util.List;
import org.keycloak.connections.jpa.entityprovider.JpaEntityProvider;
import org.keycloak.connections.jpa.entityprovider.JpaEntityProviderFactory;
import org.keycloak.models.KeycloakSession;

/** Tables of the extension in Keycloak's database: their entities, and the Liquibase changelog that creates them. */
public abstract class ChangelogEntities implements JpaEntityProviderFactory, UnconfiguredFactory<JpaEntityProvider> {

    private final String id;
    private final String changelog;
    private final List<Class<?>> entities;

    /**
     * @param id provider id, which Keycloak also makes the name of the changelog's own table of
     * @param changelog resource of the jar
     */
    protected ChangelogEntities(String id, String changelog, Class<?>... entities) {
        this.id = id;
        this.changelog = changelog;
        this.entities = List.of(entities);
    }

    @Override
    public final JpaEntityProvider create(KeycloakSession session) {
        return new JpaEntityProvider() {
            @Override
            public List<Class<?>> getEntities() {
                return entities;
            }

            @Override
            public String getChangelogLocation() {
                return changelog;
            }

            @Override
            public String getFactoryId() {
                return id;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public final String getId() {
        return id;
    }
}
