package dev.keycloakmcp.admin;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The configuration of a realm, as far as the doctor looks.
 *
 * @param profiles client profiles that hold executors of this extension
 * @param servers the MCP servers with what is inconsistent
 * @param unknownResources agents that are limited to URIs that no server has
 * @param registration absent where MCP clients may not register
 * @param publicClients public clients that an administrator made and that may ask for a server's scopes
 * @param settings what else matters
 */
public record RealmFacts(
        List<Profile> profiles,
        List<ServerReport> servers,
        Set<String> unknownResources,
        Optional<RegistrationFacts> registration,
        List<PublicClient> publicClients,
        Settings settings) {

    public RealmFacts {
        profiles = List.copyOf(profiles);
        servers = List.copyOf(servers);
        unknownResources = Set.copyOf(unknownResources);
        publicClients = List.copyOf(publicClients);
    }

    /**
     * A client profile.
     *
     * @param name its name
     * @param used true when an enabled policy uses it
     * @param executors those of this extension, by id; true when it only reports
     * @param unknownActors client ids of those who may act for others that no client has
     */
    public record Profile(String name, boolean used, Map<String, Boolean> executors, Set<String> unknownActors) {
        public Profile {
            executors = Map.copyOf(executors);
            unknownActors = Set.copyOf(unknownActors);
        }
    }

    /**
     * Registration at the mcp endpoint.
     *
     * @param clients the number of registered clients
     * @param maxClients the most that may register; absent for any number
     * @param stockIsOpen true when Keycloak's own endpoints let anybody register
     * @param target what clients mean that name no server
     * @param allowsProtocolVersion true when pages may send the header MCP-Protocol-Version to Keycloak's endpoints
     */
    public record RegistrationFacts(
            long clients, OptionalInt maxClients, boolean stockIsOpen, Target target, boolean allowsProtocolVersion) {

        /**
         * The server that clients mean that name neither a server nor a scope of one.
         *
         * @param defaults URIs of the default servers
         * @param lost those of them that no server has, or that the policy does not allow
         * @param refused ids of clients that were refused of late, as nothing told what they meant
         */
        public record Target(Set<String> defaults, Set<String> lost, List<String> refused) {
            public Target {
                defaults = Set.copyOf(defaults);
                lost = Set.copyOf(lost);
                refused = List.copyOf(refused);
            }
        }
    }

    /**
     * A public client with the standard flow.
     *
     * @param clientId the client id
     * @param requiresPkce true when it is held to PKCE with S256
     */
    public record PublicClient(String clientId, boolean requiresPkce) {}

    /**
     * Settings of the realm.
     *
     * @param audited true when the event listener of the audit trail is on
     * @param auditExpires true when rows of the audit trail are removed some day
     * @param stampsActors true when any client scope or client has the actor mapper
     * @param rotatesRefreshTokens true when refresh tokens of all clients rotate
     * @param loginTheme name of the login theme; empty for Keycloak's
     * @param accessTokenSeconds lifespan of access tokens
     * @param namedAsServers ids of clients that are the URI of a server that is another client
     * @param standalone true when Keycloak could use the realm without this extension
     */
    public record Settings(
            boolean audited,
            boolean auditExpires,
            boolean stampsActors,
            boolean rotatesRefreshTokens,
            String loginTheme,
            int accessTokenSeconds,
            List<String> namedAsServers,
            boolean standalone) {
        public Settings {
            namedAsServers = List.copyOf(namedAsServers);
        }
    }
}
