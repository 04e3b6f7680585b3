package dev.keycloakmcp.token.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.Replacement;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.clientpolicy.ClientPolicyManager;
import org.keycloak.services.clientpolicy.ClientPolicyManagerFactory;
import org.keycloak.services.clientpolicy.DefaultClientPolicyManagerFactory;

/** Keycloak's client policies, which suspended clients do not reach. */
@AutoService(ClientPolicyManagerFactory.class)
public final class McpClientPolicyManagerFactory extends DefaultClientPolicyManagerFactory {

    @Override
    public ClientPolicyManager create(KeycloakSession session) {
        return new McpClientPolicyManager(session);
    }

    @Override
    public int order() {
        return Replacement.order(super.order());
    }
}
