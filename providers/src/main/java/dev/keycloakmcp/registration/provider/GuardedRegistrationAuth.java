package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.provider.ClientOrigin;
import dev.keycloakmcp.policy.provider.DecisionEvents;
import dev.keycloakmcp.policy.provider.McpRefusal;
import dev.keycloakmcp.policy.provider.McpSuspension;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.ErrorResponseException;
import org.keycloak.services.clientregistration.ClientRegistrationAuth;
import org.keycloak.services.clientregistration.ClientRegistrationContext;
import org.keycloak.services.clientregistration.ClientRegistrationProvider;
import org.keycloak.services.clientregistration.policy.RegistrationAuth;

/**
 * The right to register, read, change and delete at one of Keycloak's own registration endpoints. Keycloak decides first, as
 * ever. In realms that opted in, it then ends where administrators decide ({@link AdministratorsPart}), and at clients
 * that registered at the {@code mcp} endpoint. It hangs on no registration policy of the realm: which of those Keycloak asks
 * depends on the token.
 */
final class GuardedRegistrationAuth extends ClientRegistrationAuth {

    private final KeycloakSession session;
    private final EventBuilder event;

    private GuardedRegistrationAuth(KeycloakSession session, ClientRegistrationProvider endpoint, String id) {
        super(session, endpoint, endpoint.getEvent(), id);
        this.session = session;
        this.event = endpoint.getEvent();
    }

    /**
     * The guard of an endpoint that knows its event already.
     *
     * @param stock the one that Keycloak made
     */
    static ClientRegistrationAuth of(
            KeycloakSession session, ClientRegistrationProvider endpoint, String id, ClientRegistrationAuth stock) {
        return McpRegistration.isGuarded(session) ? new GuardedRegistrationAuth(session, endpoint, id) : stock;
    }

    @Override
    public RegistrationAuth requireCreate(ClientRegistrationContext context) {
        Optional<Decision.Deny<?>> decided = decided(context, null);
        RegistrationAuth kind = super.requireCreate(context);
        refuseDecided(decided);
        ActorScopes.keep(session.getContext().getRealm(), context.getClient());
        ClientOrigin.mark(context.getClient());
        return kind;
    }

    @Override
    public void requireView(ClientModel client, boolean allowPublicClient) {
        super.requireView(client, allowPublicClient);
        refuseSuspended(client);
        refuseRegistered(client);
    }

    @Override
    public RegistrationAuth requireUpdate(ClientRegistrationContext context, ClientModel client) {
        Optional<Decision.Deny<?>> decided = decided(context, client);
        RegistrationAuth kind = super.requireUpdate(context, client);
        refuseSuspended(client);
        refuseRegistered(client);
        refuseDecided(decided);
        ActorScopes.keep(session.getContext().getRealm(), context.getClient());
        if (isRegistrationAccessToken()) {
            ClientOrigin.mark(context.getClient());
        }
        return kind;
    }

    @Override
    public void requireDelete(ClientModel client) {
        super.requireDelete(client);
        refuseSuspended(client);
        refuseRegistered(client);
    }

    /** Looked up before Keycloak asks the client policies, which may add attributes: administrators wrote them. */
    private Optional<Decision.Deny<?>> decided(ClientRegistrationContext context, @Nullable ClientModel current) {
        return new AdministratorsPart(session).taken(context.getClient(), current);
    }

    private void refuseDecided(Optional<Decision.Deny<?>> decided) {
        decided.ifPresent(deny -> {
            throw refuse(deny.reason(), deny.detail());
        });
    }

    /** A registration access token lets a client change all its attributes. */
    private void refuseSuspended(ClientModel client) {
        if (isRegistrationAccessToken() && McpSuspension.isSuspended(session, client)) {
            throw McpRefusal.invalidToken("The client is suspended.");
        }
    }

    private void refuseRegistered(ClientModel client) {
        if (ClientOrigin.isRegistered(client)) {
            throw refuse(
                    ReasonCode.REGISTERED_ELSEWHERE,
                    "The client was registered at the mcp endpoint; use its registration_client_uri");
        }
    }

    private ErrorResponseException refuse(ReasonCode reason, String detail) {
        DecisionEvents.error(event, reason, detail);
        return new ErrorResponseException(reason.error(), detail, Response.Status.FORBIDDEN);
    }
}
