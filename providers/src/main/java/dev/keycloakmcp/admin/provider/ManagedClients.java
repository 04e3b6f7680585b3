package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.support.provider.ClusterLock;
import dev.keycloakmcp.support.provider.LoadedClients;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.NotFoundException;
import org.keycloak.models.ClientModel;

/** The clients that the caller may manage. */
final class ManagedClients {

    private final AdminRequest request;

    ManagedClients(AdminRequest request) {
        this.request = request;
    }

    /**
     * The client, which others cannot change through this extension until the request has ended. An administrator goes first:
     * a client that changes itself without end does not keep its suspension off.
     */
    ClientModel lock(String clientId) {
        ClientModel known = require(clientId);
        ClusterLock.of(request.session())
                .holdFirst(
                        ClusterLock.client(request.realm(), clientId),
                        () -> AdminRequest.busy("Another request is changing the client; try again"));
        LoadedClients.forget(request.session(), known);
        return require(clientId);
    }

    /** Callers that may not see clients do not learn which there are. */
    private ClientModel require(String clientId) {
        // Not all databases can be asked for this character.
        ClientModel client =
                clientId.indexOf('\0') >= 0 ? null : request.realm().getClientByClientId(clientId);
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
}
