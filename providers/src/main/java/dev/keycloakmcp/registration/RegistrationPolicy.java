package dev.keycloakmcp.registration;

import dev.keycloakmcp.resource.McpServer;
import dev.keycloakmcp.resource.ResourcePattern;
import java.util.List;
import java.util.Set;

/**
 * The clients that a realm admits, for anonymous or for authenticated registrations.
 *
 * @param redirects the redirect URIs
 * @param allowedGrantTypes grant types that clients may have
 * @param confidentialClients true when clients may have credentials
 * @param allowedResources MCP servers whose scopes clients may ask for; empty for all
 * @param extraScopes client scopes besides those of the servers
 * @param consentRequired true when people are asked before a client acts for them
 */
public record RegistrationPolicy(
        RedirectUriRule redirects,
        Set<String> allowedGrantTypes,
        boolean confidentialClients,
        List<ResourcePattern> allowedResources,
        Set<String> extraScopes,
        boolean consentRequired) {

    /** Grant types that a policy may allow at all. */
    public static final List<String> POSSIBLE_GRANT_TYPES =
            List.of(Registration.AUTHORIZATION_CODE, Registration.REFRESH_TOKEN);

    public RegistrationPolicy {
        allowedGrantTypes = Set.copyOf(allowedGrantTypes);
        allowedResources = List.copyOf(allowedResources);
        extraScopes = Set.copyOf(extraScopes);
    }

    /** True when clients may ask for scopes of, and tokens for, a server. */
    public boolean allows(McpServer server) {
        return allowedResources.isEmpty()
                || allowedResources.stream().anyMatch(pattern -> pattern.matches(server.indicator()));
    }
}
