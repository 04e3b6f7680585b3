package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.decision.OAuthErrors;
import dev.keycloakmcp.support.provider.ClusterLock;
import dev.keycloakmcp.support.provider.LoadedClients;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import org.keycloak.models.ClientModel;
import org.keycloak.services.ErrorResponseException;

/** The clients that the caller may manage. */
final class ManagedClients {

    private final AdminRequest request;

    ManagedClients(AdminRequest request) {
        this.request = request;
    }

    /** The client, which others cannot change through this extension until the request has ended. */
    ClientModel lock(String clientId) {
        ClientModel known = require(clientId);
        ClusterLock.of(request.session())
                .hold(ClusterLock.client(request.realm(), clientId), ManagedClients::refuseConcurrent);
        LoadedClients.forget(request.session(), known);
        return require(clientId);
    }

    /** Callers that may not see clients do not learn which there are. */
    private ClientModel require(String clientId) {
        // Not all databases can be asked for such characters.
        ClientModel client = clientId.chars().anyMatch(Character::isISOControl)
                ? null
                : request.realm().getClientByClientId(clientId);
        if (client == null) {
            request.auth().clients().requireList();
            if (!request.auth().clients().canManage()) {
                throw new ForbiddenException();
            }
            throw new NotFoundException("Could not find client");
        }
        request.auth().clients().requireManage(client);
        return client;
    }

    private static ErrorResponseException refuseConcurrent() {
        ErrorResponseException refused = AdminRequest.refused(
                Response.Status.SERVICE_UNAVAILABLE,
                OAuthErrors.TEMPORARILY_UNAVAILABLE,
                "Another request is changing the client; try again");
        return new ErrorResponseException(Response.fromResponse(refused.getResponse())
                .header(HttpHeaders.RETRY_AFTER, ClusterLock.RETRY_SECONDS)
                .build());
    }
}
