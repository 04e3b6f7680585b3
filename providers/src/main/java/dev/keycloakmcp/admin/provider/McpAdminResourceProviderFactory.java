package dev.keycloakmcp.admin.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.UnconfiguredFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.resources.admin.AdminEventBuilder;
import org.keycloak.services.resources.admin.ext.AdminRealmResourceProvider;
import org.keycloak.services.resources.admin.ext.AdminRealmResourceProviderFactory;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;

/** Makes {@link McpAdminResource}. */
@AutoService(AdminRealmResourceProviderFactory.class)
public final class McpAdminResourceProviderFactory
        implements AdminRealmResourceProviderFactory, UnconfiguredFactory<AdminRealmResourceProvider> {

    static final String PROVIDER_ID = "mcp";

    @Override
    public AdminRealmResourceProvider create(KeycloakSession keycloakSession) {
        return new AdminRealmResourceProvider() {
            @Override
            public Object getResource(
                    KeycloakSession session,
                    RealmModel realm,
                    AdminPermissionEvaluator auth,
                    AdminEventBuilder adminEvent) {
                McpAdminResource.requireForKeycloak(session, realm, auth);
                return new McpAdminResource(new AdminRequest(session, realm, auth, adminEvent));
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public String getId() {
        return PROVIDER_ID;
    }
}
