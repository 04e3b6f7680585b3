package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.provider.BackchannelTarget;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.McpRefusal;
import dev.keycloakmcp.policy.provider.McpSuspension;
import dev.keycloakmcp.policy.provider.QueriedTarget;
import dev.keycloakmcp.policy.provider.RequestEvent;
import dev.keycloakmcp.policy.provider.WholePolicies;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oidc.grants.ciba.clientpolicy.context.BackchannelAuthenticationRequestContext;
import org.keycloak.representations.idm.ClientPoliciesRepresentation;
import org.keycloak.representations.idm.ClientProfilesRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.ClientPolicyEvent;
import org.keycloak.services.clientpolicy.ClientPolicyException;
import org.keycloak.services.clientpolicy.DefaultClientPolicyManager;
import org.keycloak.services.cors.Cors;

/**
 * Keycloak's client policies, which every endpoint asks that begins something for a client. Before that, the client must not
 * be suspended, whichever policies the realm has. After that, what was bound to an MCP server stays so.
 *
 * <p>The policies are read and written as a whole. How the realm stores them is {@link WholePolicies}' matter.
 */
final class McpClientPolicyManager extends DefaultClientPolicyManager {

    /** The requests that begin something, with the events of their endpoints. {@link McpAuthorizationCheck} has one. */
    private static final Map<ClientPolicyEvent, EventType> BEGINNINGS = Map.of(
            ClientPolicyEvent.PUSHED_AUTHORIZATION_REQUEST, EventType.PUSHED_AUTHORIZATION_REQUEST,
            ClientPolicyEvent.DEVICE_AUTHORIZATION_REQUEST, EventType.OAUTH2_DEVICE_AUTH,
            ClientPolicyEvent.BACKCHANNEL_AUTHENTICATION_REQUEST, EventType.LOGIN);

    /** Those of which Keycloak sends no event where they succeed. */
    private static final Set<ClientPolicyEvent> SILENT =
            Set.of(ClientPolicyEvent.PUSHED_AUTHORIZATION_REQUEST, ClientPolicyEvent.DEVICE_AUTHORIZATION_REQUEST);

    private final KeycloakSession session;

    McpClientPolicyManager(KeycloakSession session) {
        super(WholePoliciesSession.of(session));
        this.session = session;
    }

    @Override
    public void triggerOnEvent(ClientPolicyContext context) throws ClientPolicyException {
        @Nullable EventType beginning = BEGINNINGS.get(context.getEvent());
        @Nullable ClientModel client = session.getContext().getClient();
        if (beginning != null && client != null && McpSuspension.isSuspended(session, client)) {
            KeycloakContext request = session.getContext();
            EventBuilder event = new EventBuilder(request.getRealm(), session, request.getConnection())
                    .event(beginning)
                    .client(client);
            throw McpRefusal.of(
                    session, event, Cors.builder(), ReasonCode.CLIENT_SUSPENDED, McpSuspension.CLIENT_DETAIL);
        }
        if (context instanceof BackchannelAuthenticationRequestContext backchannel && McpRealm.isOptedIn(session)) {
            BackchannelTarget.discard(backchannel.getParsedRequest());
        }
        super.triggerOnEvent(context);
        if (SILENT.contains(context.getEvent())) {
            RequestEvent.of(session).tell(Objects.requireNonNull(beginning));
        }
        SignInCode.requireChallenge(session, context);
        KeptBinding.of(session, context);
        QueriedTarget.keep(session, context);
    }

    @Override
    public void updateClientProfiles(RealmModel realm, @Nullable ClientProfilesRepresentation profiles)
            throws ClientPolicyException {
        super.updateClientProfiles(whole(realm), profiles == null ? null : WholePolicies.of(profiles));
    }

    @Override
    public ClientProfilesRepresentation getClientProfiles(RealmModel realm, boolean includeGlobalProfiles)
            throws ClientPolicyException {
        return super.getClientProfiles(whole(realm), includeGlobalProfiles);
    }

    @Override
    public void updateClientPolicies(RealmModel realm, @Nullable ClientPoliciesRepresentation policies)
            throws ClientPolicyException {
        super.updateClientPolicies(whole(realm), policies == null ? null : WholePolicies.of(policies));
    }

    @Override
    public ClientPoliciesRepresentation getClientPolicies(RealmModel realm, boolean includeGlobalPolicies)
            throws ClientPolicyException {
        return super.getClientPolicies(whole(realm), includeGlobalPolicies);
    }

    private RealmModel whole(RealmModel realm) {
        return new WholePolicies(session, realm);
    }
}
