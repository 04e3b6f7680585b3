package dev.keycloakmcp.itest.server;

import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.keycloak.admin.client.CreatedResponseUtil;
import org.keycloak.admin.client.resource.ClientResource;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.admin.client.resource.RolesResource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.EventRepresentation;
import org.keycloak.representations.idm.PartialImportRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** What an administrator does in a realm, by the names of things. */
public abstract class RealmAdmin {

    /** Keycloak creates many clients in one transaction slowly: the time grows with the square of their number. */
    private static final int CLIENTS_AT_ONCE = 50;

    RealmAdmin() {}

    public abstract RealmResource admin();

    // What is in it

    public final ClientRepresentation client(String clientId) {
        return admin().clients().findByClientId(clientId).get(0);
    }

    public final ClientResource clientResource(String clientId) {
        return admin().clients().get(client(clientId).getId());
    }

    /** The id of a client scope. */
    public final String scopeId(String name) {
        return admin().clientScopes().findAll().stream()
                .filter(scope -> scope.getName().equals(name))
                .findFirst()
                .orElseThrow()
                .getId();
    }

    /** The user id of the client's service account. */
    public final String serviceAccount(String clientId) {
        return clientResource(clientId).getServiceAccountUser().getId();
    }

    public final String userId(String username) {
        return admin().users().searchByUsername(username, true).get(0).getId();
    }

    /** The newest events, the newest first; of some types, or of all where none is named. */
    public final List<EventRepresentation> events(String... types) {
        return admin().getEvents(List.of(types), null, null, null, null, null, 0, 5);
    }

    // Additions

    /** Returns the id. */
    public final String add(ClientRepresentation client) {
        try (Response response = admin().clients().create(client)) {
            return CreatedResponseUtil.getCreatedId(response);
        }
    }

    /** Adds many clients, without service accounts. */
    public final void addAll(List<? extends ClientRepresentation> clients) {
        for (int from = 0; from < clients.size(); from += CLIENTS_AT_ONCE) {
            PartialImportRepresentation batch = new PartialImportRepresentation();
            batch.setIfResourceExists(PartialImportRepresentation.Policy.FAIL.name());
            batch.setClients(List.copyOf(clients.subList(from, Math.min(from + CLIENTS_AT_ONCE, clients.size()))));
            try (Response response = admin().partialImport(batch)) {
                if (response.getStatus() != 200) {
                    throw new IllegalStateException("Clients were not imported: " + response.getStatus());
                }
            }
        }
    }

    /** Returns the id. */
    public final String add(ClientScopeRepresentation scope) {
        try (Response response = admin().clientScopes().create(scope)) {
            return CreatedResponseUtil.getCreatedId(response);
        }
    }

    /** A user who can sign in at once; returns the id. */
    public final String addUser(String username, String password) {
        CredentialRepresentation credential = new CredentialRepresentation();
        credential.setType(CredentialRepresentation.PASSWORD);
        credential.setValue(password);
        UserRepresentation user = new UserRepresentation();
        user.setUsername(username);
        user.setEnabled(true);
        user.setEmail(username.replaceAll("[^a-z0-9]", "x") + "@example.org");
        user.setEmailVerified(true);
        user.setFirstName(username);
        user.setLastName("Example");
        user.setCredentials(List.of(credential));
        try (Response response = admin().users().create(user)) {
            return CreatedResponseUtil.getCreatedId(response);
        }
    }

    /** Adds a role to a client and returns what to do to take it away. */
    public final Runnable addRole(String clientId, String name) {
        RolesResource roles = clientResource(clientId).roles();
        RoleRepresentation role = new RoleRepresentation();
        role.setName(name);
        roles.create(role);
        return () -> roles.deleteRole(name);
    }

    // Changes

    public final void settings(Consumer<RealmRepresentation> change) {
        RealmRepresentation settings = admin().toRepresentation();
        change.accept(settings);
        admin().update(settings);
    }

    /** Changes a client and returns what to do to change it back. */
    public final Runnable change(String clientId, Consumer<ClientRepresentation> change) {
        ClientRepresentation client = client(clientId);
        ClientRepresentation before = client(clientId);
        change.accept(client);
        admin().clients().get(client.getId()).update(client);
        // An update leaves attributes alone that it does not name; an empty one it removes.
        client.getAttributes().keySet().forEach(key -> before.getAttributes().putIfAbsent(key, ""));
        return () -> admin().clients().get(client.getId()).update(before);
    }

    /** One policy on all MCP clients, with these executors and their configuration, in place of all that were there. */
    public final void executors(Map<String, ? extends Map<String, ?>> executors) {
        ClientPolicy.replace(admin(), List.of(ClientPolicy.mcp(executors)));
    }

    /** Gives a user roles of a client. */
    public final void grant(String userId, String clientId, String... roles) {
        admin().users()
                .get(userId)
                .roles()
                .clientLevel(client(clientId).getId())
                .add(roles(clientId, roles));
    }

    /** Takes roles of a client from a user. */
    public final void revoke(String userId, String clientId, String... roles) {
        admin().users()
                .get(userId)
                .roles()
                .clientLevel(client(clientId).getId())
                .remove(roles(clientId, roles));
    }

    /** Lets tokens of a client hold roles of another one. */
    public final void mapRoles(String clientId, String otherId, String... roles) {
        clientResource(clientId)
                .getScopeMappings()
                .clientLevel(client(otherId).getId())
                .add(roles(otherId, roles));
    }

    private List<RoleRepresentation> roles(String clientId, String... names) {
        RolesResource roles = clientResource(clientId).roles();
        return Stream.of(names).map(role -> roles.get(role).toRepresentation()).toList();
    }
}
