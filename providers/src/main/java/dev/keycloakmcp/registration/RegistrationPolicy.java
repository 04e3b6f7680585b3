package dev.keycloakmcp.registration;

import dev.keycloakmcp.resource.McpServer;
import dev.keycloakmcp.resource.ResourceIndicator;
import dev.keycloakmcp.resource.ResourcePattern;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The clients that a realm admits, for anonymous or for authenticated registrations.
 *
 * @param redirects the redirect URIs
 * @param allowedGrantTypes grant types that clients may have
 * @param confidentialClients true when clients may have credentials
 * @param allowedResources MCP servers whose scopes clients may ask for; empty for all
 * @param defaultResource the server that clients mean that name neither a server nor a scope of one
 * @param extraScopes client scopes besides those of the servers
 * @param consentRequired true when people are asked before a client acts for them
 */
public record RegistrationPolicy(
        RedirectUriRule redirects,
        Set<String> allowedGrantTypes,
        boolean confidentialClients,
        List<ResourcePattern> allowedResources,
        Optional<ResourceIndicator> defaultResource,
        Set<String> extraScopes,
        boolean consentRequired) {

    /** Grant types that clients may have where a policy does not say. */
    public static final List<String> USUAL_GRANT_TYPES =
            List.of(Registration.AUTHORIZATION_CODE, Registration.REFRESH_TOKEN);

    /** Grant types that a policy may allow at all. */
    public static final List<String> POSSIBLE_GRANT_TYPES =
            List.of(Registration.AUTHORIZATION_CODE, Registration.REFRESH_TOKEN, Registration.DEVICE_CODE);

    public RegistrationPolicy {
        allowedGrantTypes = Set.copyOf(allowedGrantTypes);
        allowedResources = List.copyOf(allowedResources);
        extraScopes = Set.copyOf(extraScopes);
    }

    /** The same for a client that may be led to one more place: the host where it describes itself. */
    RegistrationPolicy alsoAt(HostPattern place) {
        return new RegistrationPolicy(
                redirects.alsoAt(place),
                allowedGrantTypes,
                confidentialClients,
                allowedResources,
                defaultResource,
                extraScopes,
                consentRequired);
    }

    /** True when clients may name a server with that URI. */
    public boolean allows(ResourceIndicator server) {
        return allowedResources.isEmpty() || allowedResources.stream().anyMatch(pattern -> pattern.matches(server));
    }

    /** True when clients may ask for scopes of, and tokens for, a server. */
    public boolean allows(McpServer server) {
        return allows(server.indicator());
    }
}
