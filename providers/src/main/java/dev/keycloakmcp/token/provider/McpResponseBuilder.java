package dev.keycloakmcp.token.provider;

import java.util.function.Function;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.representations.AccessTokenResponse;

/** Builds token responses within the bounds that MCP policies decided. */
final class McpResponseBuilder extends TokenManager.AccessTokenResponseBuilder {

    private final Function<ClientSessionContext, TokenManager.AccessTokenResponseBuilder> unnarrowed;
    private final McpTokenNarrower narrower;
    private final Rfc9068Header header;

    McpResponseBuilder(
            RealmModel realm,
            ClientModel client,
            EventBuilder event,
            KeycloakSession session,
            UserSessionModel userSession,
            ClientSessionContext clientSessionCtx,
            TokenManager tokenManager,
            McpTokenNarrower narrower,
            Rfc9068Header header) {
        super(realm, client, event, session, userSession, clientSessionCtx, tokenManager);
        this.unnarrowed = context -> new TokenManager.AccessTokenResponseBuilder(
                realm, client, event, session, userSession, context, tokenManager);
        this.narrower = narrower;
        this.header = header;
    }

    // Whether the user may have offline tokens is a realm role, which the narrowed context does not show.
    @Override
    public void createOrUpdateOfflineSession() {
        if (getClientSessionCtx() instanceof NarrowedClientSessionContext narrowed) {
            unnarrowed.apply(narrowed.delegate()).createOrUpdateOfflineSession();
        } else {
            super.createOrUpdateOfflineSession();
        }
    }

    @Override
    public AccessTokenResponse build() {
        AccessTokenResponse response = header.during(super::build);
        narrower.refuseSuspended(getAccessToken(), getClientSessionCtx());
        narrower.complete(response, getAccessToken(), getIdToken());
        return response;
    }
}
