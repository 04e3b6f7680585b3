package dev.keycloakmcp.admin;

import dev.keycloakmcp.resource.McpAttributes;
import java.util.Map;
import java.util.Set;

/**
 * A client as it is, as far as it matters for an MCP server or an agent.
 *
 * @param selfDeclared true when it may change itself, as clients can that registered themselves
 * @param openId true when it speaks OpenID Connect
 * @param confidential true when it authenticates by a credential of its own
 * @param serviceAccount true when it may get tokens for itself
 * @param signsIn true when it may get tokens for people by itself, or exchange them
 * @param authorizes true when it has Authorization Services, with resources of its own
 * @param owns true when others may build on it: it is bearer-only, or has roles or mappers of its own
 * @param authenticator provider id of the way it authenticates
 * @param scopes names of the client scopes that are assigned to it
 */
public record ClientState(
        boolean selfDeclared,
        boolean openId,
        boolean confidential,
        boolean serviceAccount,
        boolean signsIn,
        boolean authorizes,
        boolean owns,
        String authenticator,
        Map<String, String> attributes,
        Set<String> scopes) {

    public ClientState {
        attributes = Map.copyOf(attributes);
        scopes = Set.copyOf(scopes);
    }

    /** An attribute; empty where it is not there. */
    String attribute(String name) {
        return attributes.getOrDefault(name, "");
    }

    /** True when it was made to be an MCP server or an agent, and was not there before. */
    boolean isAdded() {
        return !attribute(McpAttributes.ADDED).isBlank();
    }

    boolean isServer() {
        return !attribute(McpAttributes.RESOURCE_URL).isBlank();
    }
}
