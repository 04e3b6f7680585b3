package dev.keycloakmcp.policy;

import java.util.EnumSet;
import java.util.Set;

/**
 * The facts that tell the kind of a client.
 *
 * @param registered it has a registration provenance of this extension
 * @param metadataDocument it was created from a client id metadata document
 * @param signsPeopleIn it may use a grant by which people sign in, or are signed in by somebody else
 * @param exchangesTokens it may exchange tokens of people
 * @param serviceAccount it has a service account
 * @param allowedResources it lists the resources it may target
 * @param ownsMcpScope at least one scope of an MCP server is assigned to it
 * @param server it is an MCP server itself
 */
public record ClientFacts(
        boolean registered,
        boolean metadataDocument,
        boolean signsPeopleIn,
        boolean exchangesTokens,
        boolean serviceAccount,
        boolean allowedResources,
        boolean ownsMcpScope,
        boolean server) {

    /** The kinds; a client may be of several, or of none and then no MCP policy on defaults touches it. */
    public Set<ClientKind> kinds() {
        Set<ClientKind> kinds = EnumSet.noneOf(ClientKind.class);
        if (registered) {
            kinds.add(ClientKind.REGISTERED);
        }
        if (metadataDocument) {
            kinds.add(ClientKind.METADATA_DOCUMENT);
        }
        if (signsPeopleIn && ownsMcpScope && !registered && !metadataDocument) {
            kinds.add(ClientKind.APPLICATION);
        }
        if (serviceAccount && (allowedResources || ownsMcpScope)) {
            kinds.add(ClientKind.AGENT);
        }
        if (server) {
            kinds.add(ClientKind.SERVER);
        }
        if (kinds.isEmpty() && exchangesTokens && ownsMcpScope) {
            // It gets tokens of people for servers all the same.
            kinds.add(ClientKind.APPLICATION);
        }
        return kinds;
    }
}
