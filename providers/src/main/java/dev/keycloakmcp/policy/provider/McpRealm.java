package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.policy.RealmPolicies;
import java.util.Optional;
import org.keycloak.models.ClientModel;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** The client profiles and policies of a realm, and whether it uses MCP policies at all. */
public final class McpRealm {

    private McpRealm() {}

    /** The profiles and policies of a realm. */
    public static RealmPolicies policies(KeycloakSession session, RealmModel realm) {
        return session.getProvider(RealmPolicyRegistry.class).policies(realm);
    }

    /** True when the realm of the request uses MCP policies. */
    public static boolean isOptedIn(KeycloakSession session) {
        return isOptedIn(session, session.getContext().getRealm());
    }

    /** True when a client profile that counts in the realm holds an executor of this extension. */
    public static boolean isOptedIn(KeycloakSession session, RealmModel realm) {
        return policies(session, realm).isOptedIn();
    }

    /** True when Keycloak could use the realm without this extension, as far as client policies go. */
    public static boolean isStandalone(RealmModel realm) {
        return !StandaloneForm.PROFILES.needsExtension(realm.getAttribute(Constants.CLIENT_PROFILES))
                && !StandaloneForm.POLICIES.needsExtension(realm.getAttribute(Constants.CLIENT_POLICIES));
    }

    /** The strictest mode of the policies for a client, whatever it asks for; empty where none is for it. */
    public static Optional<EnforcementMode> mode(KeycloakSession session, ClientModel client) {
        return policies(session, client.getRealm()).mode(new ClientConditions(session, client));
    }

    /** True when a policy that applies to a client enforces the executor; see {@link ClientConditions}. */
    public static boolean isEnforced(KeycloakSession session, String executorId, ClientModel client) {
        return policies(session, client.getRealm()).isEnforced(executorId, new ClientConditions(session, client));
    }

    /** How strictly the policies take a client that they apply to; absent where none of them does. */
    public static Optional<EnforcementMode> enforcement(KeycloakSession session, ClientModel client) {
        return policies(session, client.getRealm()).enforcement(new ClientConditions(session, client));
    }
}
