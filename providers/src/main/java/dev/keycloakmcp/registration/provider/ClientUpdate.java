package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.registration.AuthMethod;
import dev.keycloakmcp.registration.ClientMetadata;
import dev.keycloakmcp.registration.Registration;
import dev.keycloakmcp.registration.RegistrationPolicy;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.AdminRoles;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientRegistrationAccessTokenConstants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.RepresentationToModel;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.services.clientpolicy.context.DynamicClientUpdateContext;
import org.keycloak.services.clientpolicy.context.DynamicClientUpdatedContext;
import org.keycloak.services.clientregistration.ClientRegistrationAuth;
import org.keycloak.services.clientregistration.ClientRegistrationTokenUtils;

/** Replaces the metadata of a client (RFC 7592 2.2), by the rules of its registration. */
final class ClientUpdate {

    private final RegistrationCall call;
    private final KeycloakSession session;
    private final ClientRegistrationAuth auth;

    ClientUpdate(RegistrationCall call) {
        this.call = call;
        this.session = call.session();
        this.auth = call.auth();
    }

    Response update(String clientId, @Nullable String body) {
        RegistrationRefusal refusal = call.refusal();
        // Nobody waits for a request that is refused by what it says.
        ClientModel known = call.access().requireClient(clientId, AdminRoles.MANAGE_CLIENTS);
        ClientMetadata request = refusal.valueOf(RegistrationBody.read(body));
        requireIdentity(known, request);
        ClientModel client = call.access().requireClientToChange(clientId);
        RegistrationPolicy policy = call.configuration(client).policy();
        requireIdentity(client, request);
        Registration registration = refusal.valueOf(call.rule(policy).decide(asMeant(client, request)));
        ClientRepresentation wanted = refusal.valueOf(new ClientWriter(session).write(registration));
        wanted.setClientId(client.getClientId());
        session.setAttribute(ClientRegistrationAccessTokenConstants.ROTATION_ENABLED, true);
        change(client, wanted);
        Map<String, Object> members = call.describe(client);
        if (auth.isRegistrationAccessToken()) {
            members.put(RegistrationCall.REGISTRATION_ACCESS_TOKEN, nextToken(client));
        }
        call.succeed(client, ReasonCode.OK);
        return call.answer(members);
    }

    /** A client that named no method sends back the one that it was told of. */
    private static ClientMetadata asMeant(ClientModel client, ClientMetadata request) {
        boolean sentBack = request.authMethod()
                .filter(AuthMethod.CLIENT_SECRET_BASIC.value()::equals)
                .isPresent();
        return sentBack && ClientReader.isFree(client) ? request.withoutAuthMethod() : request;
    }

    private void change(ClientModel client, ClientRepresentation wanted) {
        RealmModel realm = client.getRealm();
        RegistrationRequest request = new RegistrationRequest(session, wanted, call.provider());
        call.askClientPolicies(new DynamicClientUpdateContext(request, client, auth.getJwt(), realm));
        RepresentationToModel.updateClient(wanted, client, session);
        session.getContext().setClient(client);
        call.askClientPolicies(new DynamicClientUpdatedContext(session, client, auth.getJwt(), realm));
        call.validate(client, false);
    }

    /** Another registration access token, unless a client policy of the realm keeps the one that was sent. */
    private String nextToken(ClientModel client) {
        return Boolean.TRUE.equals(session.getAttribute(ClientRegistrationAccessTokenConstants.ROTATION_ENABLED))
                ? ClientRegistrationTokenUtils.updateRegistrationAccessToken(
                        session, client, auth.getRegistrationAuth(), RegistrationOrigins.of(session))
                : ClientRegistrationTokenUtils.updateTokenSignature(session, auth);
    }

    /** RFC 7592 2.2: client_id, and client_secret where sent, are those of the client. */
    private void requireIdentity(ClientModel client, ClientMetadata request) {
        boolean anotherId = !client.getClientId().equals(request.clientId().orElse(null));
        boolean anotherSecret = request.clientSecret()
                .filter(secret -> !isSecretOf(client, secret))
                .isPresent();
        if (anotherId || anotherSecret) {
            throw call.refusal()
                    .refuse(
                            ReasonCode.CLIENT_IDENTITY_MISMATCH,
                            "client_id, and client_secret where sent, have to be those of the client");
        }
    }

    private static boolean isSecretOf(ClientModel client, String secret) {
        return client.getSecret() != null
                && MessageDigest.isEqual(
                        client.getSecret().getBytes(StandardCharsets.UTF_8), secret.getBytes(StandardCharsets.UTF_8));
    }
}
