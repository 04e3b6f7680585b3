package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.Setup;
import dev.keycloakmcp.decision.EnforcementMode;
import jakarta.ws.rs.core.UriBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.RealmModel;
import org.keycloak.representations.idm.ClientPolicyRepresentation;
import org.keycloak.representations.idm.ClientProfileRepresentation;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy;
import org.keycloak.util.JsonSerialization;

/** The parts of the set-up as a realm gets them, from a file of the form of a realm export. */
final class SetupParts {

    private static final String FILE = "/mcp-setup.json";

    private final RealmRepresentation parts;

    SetupParts() {
        try (InputStream file = SetupParts.class.getResourceAsStream(FILE)) {
            this.parts = JsonSerialization.readValue(Objects.requireNonNull(file, FILE), RealmRepresentation.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ClientScopeRepresentation scope() {
        return parts.getClientScopes().get(0);
    }

    ClientProfileRepresentation profile(EnforcementMode mode) {
        ClientProfileRepresentation profile =
                parts.getParsedClientProfiles().getProfiles().get(0);
        profile.setExecutors(profile.getExecutors().stream()
                .map(executor -> StoredPolicies.in(mode, executor))
                .toList());
        return profile;
    }

    ClientPolicyRepresentation policy() {
        return parts.getParsedClientPolicies().getPolicies().get(0);
    }

    static ComponentModel registrationPolicy(RealmModel realm, String kind) {
        ComponentModel policy = new ComponentModel();
        policy.setName("MCP Client Registration");
        policy.setProviderId(Setup.REGISTRATION);
        policy.setProviderType(ClientRegistrationPolicy.class.getName());
        policy.setSubType(kind);
        policy.setParentId(realm.getId());
        return policy;
    }

    /** The client that the audit page signs in with, which it comes back to. */
    ClientRepresentation console(RealmModel realm) {
        ClientRepresentation client = parts.getClients().get(0);
        client.setBaseUrl(page(realm));
        client.setRedirectUris(List.of(page(realm)));
        return client;
    }

    /** The audit page, relative to the server. */
    static String page(RealmModel realm) {
        return UriBuilder.fromPath("/realms/{realm}/mcp-audit/")
                .build(realm.getName())
                .toString();
    }
}
