package dev.keycloakmcp.admin;

import dev.keycloakmcp.resource.ResourceIndicator;
import java.util.Optional;

/** The id of a client that is to be made. No id is that of two parties: tokens and actor chains could not tell them apart. */
final class NewClientId {

    private NewClientId() {}

    /** The reason why another party has it; empty where nobody has, and where the client is there already. */
    static Optional<Refusal> taken(String clientId, MeshState realm) {
        if (realm.client().isPresent()) {
            return Optional.empty();
        }
        if (realm.namesAccount()) {
            return Optional.of(
                    Refusal.conflict("client-id-of-account", "The client id is the id of an account; take another id"));
        }
        Optional<ResourceIndicator> indicator = ResourceIndicator.parse(clientId);
        return realm.servers().stream()
                .filter(server -> indicator.isPresent() && server.indicator().equals(indicator))
                .findFirst()
                .map(server -> Refusal.conflict(
                        "client-id-of-server",
                        "The client id is the resource of the client " + SetupPart.line(server.clientId())
                                + ", whose audience the ID tokens of the new client would have; take another id"));
    }
}
