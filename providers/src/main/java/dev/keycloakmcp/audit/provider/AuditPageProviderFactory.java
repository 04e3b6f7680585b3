package dev.keycloakmcp.audit.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.UnconfiguredFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.resource.RealmResourceProvider;
import org.keycloak.services.resource.RealmResourceProviderFactory;

/** Makes {@link AuditPage}, in realms that write an audit trail; elsewhere there is nothing. */
@AutoService(RealmResourceProviderFactory.class)
public final class AuditPageProviderFactory
        implements RealmResourceProviderFactory, UnconfiguredFactory<RealmResourceProvider> {

    static final String PROVIDER_ID = "mcp-audit";

    /** The public client of the realm that administrators sign in with. */
    static final String CLIENT_ID = "mcp-audit-console";

    /** The event listener that writes the audit trail. */
    private static final String LISTENER = "mcp-audit";

    @Override
    public RealmResourceProvider create(KeycloakSession session) {
        return new RealmResourceProvider() {
            @Override
            @SuppressWarnings("NullAway") // null is how Keycloak is told that there is nothing
            public Object getResource() {
                RealmModel realm = session.getContext().getRealm();
                return realm.isEnabled() && realm.getEventsListenersStream().anyMatch(LISTENER::equals)
                        ? new AuditPage(session, realm)
                        : null;
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
