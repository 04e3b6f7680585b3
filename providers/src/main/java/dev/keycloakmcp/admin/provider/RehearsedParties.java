package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.ExplainRequest;
import java.util.Objects;
import org.keycloak.OAuthErrorException;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;

/**
 * The questions about realm, client and person that Keycloak asks before anything else, as it authenticates a client and signs a
 * person in. A rehearsal begins behind that, so that it has to ask them itself.
 */
final class RehearsedParties {

    private RehearsedParties() {}

    /**
     * Refuses what Keycloak refuses whatever is asked for.
     *
     * @param session whose context has realm and client
     */
    static void require(KeycloakSession session, ExplainRequest request) throws RehearsalRefused {
        RealmModel realm = session.getContext().getRealm();
        requireClient(realm, session.getContext().getClient());
        if (request.user().isPresent()) {
            requirePerson(
                    request.grant(),
                    Objects.requireNonNull(
                            RehearsedGrant.user(session, realm, request.user().get())));
        }
    }

    private static void requireClient(RealmModel realm, ClientModel client) throws RehearsalRefused {
        if (!realm.isEnabled()) {
            throw new RehearsalRefused(OAuthErrorException.ACCESS_DENIED, "The realm is disabled.");
        }
        if (!client.isEnabled()) {
            throw new RehearsalRefused(OAuthErrorException.INVALID_CLIENT, "The client is disabled.");
        }
        if (!OIDCLoginProtocol.LOGIN_PROTOCOL.equals(
                Objects.requireNonNullElse(client.getProtocol(), OIDCLoginProtocol.LOGIN_PROTOCOL))) {
            throw new RehearsalRefused(
                    OAuthErrorException.INVALID_CLIENT,
                    "The client does not use OpenID Connect, but another protocol.");
        }
        if (client.isBearerOnly()) {
            throw new RehearsalRefused(
                    OAuthErrorException.INVALID_CLIENT, "The client is bearer-only; such clients get no tokens.");
        }
    }

    private static void requirePerson(ExplainRequest.Grant grant, UserModel user) throws RehearsalRefused {
        if (!user.isEnabled()) {
            throw new RehearsalRefused(OAuthErrorException.ACCESS_DENIED, "The user is disabled.");
        }
        if (grant.isSignIn() && user.getServiceAccountClientLink() != null) {
            throw new RehearsalRefused(
                    OAuthErrorException.ACCESS_DENIED,
                    "The user is the account of a client; nobody can sign in as it.");
        }
    }
}
