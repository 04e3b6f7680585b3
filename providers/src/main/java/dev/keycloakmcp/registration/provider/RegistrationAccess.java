package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.provider.ClientOrigin;
import dev.keycloakmcp.policy.provider.McpSuspension;
import dev.keycloakmcp.support.provider.ClusterLock;
import dev.keycloakmcp.support.provider.LoadedClients;
import org.jspecify.annotations.Nullable;
import org.keycloak.common.util.Time;
import org.keycloak.models.AdminRoles;
import org.keycloak.models.ClientInitialAccessModel;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.clientregistration.ClientRegistrationAuth;
import org.keycloak.services.clientregistration.policy.RegistrationAuth;

/**
 * The right to register, read, change and delete: by no token, by an initial access token, by a bearer token with admin
 * roles, or by the client's registration access token. Keycloak verifies the tokens; its registration policies are not
 * asked.
 */
final class RegistrationAccess {

    private final KeycloakSession session;
    private final ClientRegistrationAuth auth;
    private final RegistrationRefusal refusal;

    RegistrationAccess(KeycloakSession session, ClientRegistrationAuth auth, RegistrationRefusal refusal) {
        this.session = session;
        this.auth = auth;
        this.refusal = refusal;
    }

    /** The kind of registration of a request that may create clients. */
    RegistrationAuth requireCreate() {
        refusal.announce(ReasonCode.REGISTRATION_TOKEN_INVALID);
        RegistrationAuth kind = resolve();
        if (auth.getJwt() == null) {
            if (hasAuthorizationHeader()) {
                throw unauthorized("the Authorization header holds no bearer token");
            }
            return kind;
        }
        if (auth.isInitialAccessToken()) {
            requireUsable(auth.getInitialAccessModel());
            return RegistrationAuth.AUTHENTICATED;
        }
        if (auth.isRegistrationAccessToken()) {
            throw forbidden("a registration access token cannot register further clients");
        }
        new AdminBearer(session, refusal).requireRole(AdminRoles.MANAGE_CLIENTS, AdminRoles.CREATE_CLIENT);
        return RegistrationAuth.AUTHENTICATED;
    }

    /** The client that the request may read. */
    ClientModel requireClient(String clientId, String... adminRoles) {
        requireToken(clientId);
        return client(clientId, adminRoles);
    }

    /** The client that the request may change; others have to wait until it did. */
    ClientModel requireClientToChange(String clientId) {
        ClientModel known = requireClient(clientId, AdminRoles.MANAGE_CLIENTS);
        ClusterLock.of(session).hold(ClusterLock.client(known.getRealm(), clientId), refusal::refuseConcurrent);
        LoadedClients.forget(session, known);
        ClientModel client = client(clientId, AdminRoles.MANAGE_CLIENTS);
        requireNotSuspended(client);
        return client;
    }

    /** A suspended client cannot end its suspension by becoming another, or none; administrators may do with it as they like. */
    private void requireNotSuspended(ClientModel client) {
        if (auth.isRegistrationAccessToken() && McpSuspension.isSuspended(session, client)) {
            throw refusal.refuse(ReasonCode.CLIENT_SUSPENDED, "the client is suspended");
        }
    }

    private RegistrationAuth resolve() {
        if (RegistrationBearer.lacksAlgorithm(session)) {
            throw unauthorized("the bearer token is not valid");
        }
        return auth.resolveRegistrationAuth();
    }

    /** Strangers cost no look into the database. */
    private void requireToken(String clientId) {
        refusal.announce(ReasonCode.REGISTRATION_TOKEN_INVALID);
        resolve();
        if (auth.getJwt() == null || clientId.chars().anyMatch(Character::isISOControl)) {
            throw unauthorized("send the registration access token of the client");
        }
    }

    private ClientModel client(String clientId, String... adminRoles) {
        @Nullable ClientModel client = session.getContext().getRealm().getClientByClientId(clientId);
        boolean registered = client != null && ClientOrigin.isRegistered(client);
        if (!auth.isInitialAccessToken() && !auth.isRegistrationAccessToken()) {
            new AdminBearer(session, refusal).requireRole(adminRoles);
        } else if (!auth.isRegistrationAccessToken() || client == null || !isTokenOf(client)) {
            throw unauthorized("send the registration access token of the client");
        }
        if (client == null || !registered) {
            throw unauthorized("no such client was registered here");
        }
        return client;
    }

    private boolean isTokenOf(ClientModel client) {
        @Nullable String current = client.getRegistrationToken();
        return client.isEnabled()
                && current != null
                && current.equals(auth.getJwt().getId());
    }

    private void requireUsable(ClientInitialAccessModel token) {
        if (token.getRemainingCount() <= 0) {
            throw unauthorized("the initial access token is used up");
        }
        boolean expires = token.getExpiration() > 0;
        if (expires && token.getTimestamp() + token.getExpiration() <= Time.currentTime()) {
            throw unauthorized("the initial access token has expired");
        }
    }

    private boolean hasAuthorizationHeader() {
        return session.getContext().getRequestHeaders().getHeaderString("Authorization") != null;
    }

    private RuntimeException unauthorized(String detail) {
        return refusal.refuse(ReasonCode.REGISTRATION_TOKEN_INVALID, detail);
    }

    private RuntimeException forbidden(String detail) {
        return refusal.refuse(ReasonCode.REGISTRATION_NOT_ALLOWED, detail);
    }
}
