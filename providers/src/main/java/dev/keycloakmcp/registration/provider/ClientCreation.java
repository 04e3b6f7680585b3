package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.registration.RedirectUri;
import dev.keycloakmcp.registration.Registration;
import dev.keycloakmcp.registration.RegistrationLimits;
import dev.keycloakmcp.resource.McpAttributes;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.keycloak.common.util.Time;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.services.clientpolicy.context.DynamicClientRegisterContext;
import org.keycloak.services.clientpolicy.context.DynamicClientRegisteredContext;
import org.keycloak.services.clientregistration.ClientRegistrationTokenUtils;
import org.keycloak.services.clientregistration.policy.RegistrationAuth;
import org.keycloak.services.managers.ClientManager;

/** Registers a client (RFC 7591 3), or gives out again the client that registered with the same metadata. */
final class ClientCreation {

    private final RegistrationCall call;
    private final KeycloakSession session;
    private final RealmModel realm;

    ClientCreation(RegistrationCall call) {
        this.call = call;
        this.session = call.session();
        this.realm = call.realm();
    }

    Response register(@Nullable String body) {
        RegistrationRefusal refusal = call.refusal();
        RegistrationAuth kind = call.access().requireCreate();
        RegistrationConfiguration configuration = call.configuration(kind);
        Registration registration = refusal.valueOf(RegistrationBody.read(body)
                .then(request -> call.rule(configuration.policy()).decide(request)));
        ClientRepresentation wanted = refusal.valueOf(new ClientWriter(session).write(registration));
        RegistrationLimits limits = configuration.limits();
        IdenticalRegistration.Place place =
                limits.reuseIdentical() && registration.authMethod().isPublic()
                        ? new IdenticalRegistration(session, realm).find(registration, wanted, kind, refusal)
                        : IdenticalRegistration.Place.anywhere();
        if (place.existing().isPresent()) {
            return reuse(place.existing().get(), registration);
        }
        RegistrationThrottle throttle = new RegistrationThrottle(session, realm, limits);
        throttle.countSource(kind, refusal);
        throttle.makeRoom(refusal);
        wanted.setClientId(place.clientId());
        wanted.getAttributes().put(McpAttributes.REGISTRATION, Provenance.value(kind));
        wanted.getAttributes().put(McpAttributes.REGISTERED_AT, Integer.toString(Time.currentTime()));
        ClientModel client = create(wanted);
        String token = ClientRegistrationTokenUtils.updateRegistrationAccessToken(
                session, client, kind, RegistrationOrigins.of(session));
        Map<String, Object> members = succeed(client, RegistrationMetrics.REGISTERED, ReasonCode.OK);
        members.put(RegistrationCall.REGISTRATION_ACCESS_TOKEN, token);
        return call.answerCreated(client, members);
    }

    /** From here on the client has several owners: nobody may change it. */
    private Response reuse(ClientModel client, Registration registration) {
        if (client.getRegistrationToken() != null) {
            client.setRegistrationToken(null);
        }
        Map<String, Object> members = succeed(client, RegistrationMetrics.REUSED, ReasonCode.REUSED);
        members.put(
                ClientReader.REDIRECT_URIS,
                registration.redirectUris().stream()
                        .map(RedirectUri::registered)
                        .toList());
        return call.answerCreated(client, members);
    }

    private ClientModel create(ClientRepresentation wanted) {
        RegistrationRequest request = new RegistrationRequest(session, wanted, call.provider());
        call.askClientPolicies(
                new DynamicClientRegisterContext(request, call.auth().getJwt(), realm));
        ClientModel client = ClientManager.createClient(session, realm, wanted);
        session.getContext().setClient(client);
        call.askClientPolicies(
                new DynamicClientRegisteredContext(request, client, call.auth().getJwt(), realm));
        call.validate(client, true);
        return client;
    }

    private Map<String, Object> succeed(ClientModel client, String outcome, ReasonCode reason) {
        if (call.auth().isInitialAccessToken()) {
            session.realms().decreaseRemainingCount(realm, call.auth().getInitialAccessModel());
        }
        call.succeed(client, reason);
        RegistrationMetrics.count(session, realm, outcome, reason);
        return call.describe(client);
    }
}
