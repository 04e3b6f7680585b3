package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.policy.McpExecutorIds;
import dev.keycloakmcp.policy.provider.McpConsentNote;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.registration.provider.Provenance;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.sessions.AuthenticationSessionModel;

/** The login in which Keycloak asks for a consent. */
final class AnsweredLogin {

    private AnsweredLogin() {}

    /** The login of this request, where it is one that a person answers for a client that MCP policies govern. */
    static Optional<ConsentRequest> governed(KeycloakSession session, String userId, String clientId) {
        return of(session, userId, clientId)
                .filter(login -> isGoverned(session, login))
                .map(login -> ConsentRequest.of(session, login));
    }

    /** The login of this request, where it is one of that user to that client. */
    static Optional<AuthenticationSessionModel> of(KeycloakSession session, String userId, String clientId) {
        return Optional.ofNullable(session.getContext().getAuthenticationSession())
                .filter(login -> {
                    @Nullable UserModel user = login.getAuthenticatedUser();
                    return (login.getRedirectUri() != null || ConsentRequest.userCode(login) != null)
                            && user != null
                            && user.getId().equals(userId)
                            && login.getClient().getId().equals(clientId);
                });
    }

    private static boolean isGoverned(KeycloakSession session, AuthenticationSessionModel login) {
        return McpConsentNote.isSet(login)
                || isRegistered(login.getClient())
                || ConsentRequest.userCode(login) != null && isBound(session, login.getClient())
                || ConsentRequest.ofDevice(session, login).isPresent();
    }

    /** True when logins to a client are governed. */
    static boolean areGoverned(KeycloakSession session, ClientModel client) {
        return isRegistered(client) || isBound(session, client);
    }

    private static boolean isRegistered(ClientModel client) {
        return Provenance.rulesOf(client.getRealm(), client).isPresent();
    }

    /** True when a policy binds the tokens of a client to MCP servers. */
    static boolean isBound(KeycloakSession session, ClientModel client) {
        return McpRealm.isEnforced(session, McpExecutorIds.RESOURCE_INDICATOR, client);
    }
}
