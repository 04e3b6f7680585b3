package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.resource.McpServers;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import java.util.HashSet;
import java.util.Set;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.clientregistration.policy.RegistrationAuth;

/**
 * The servers that registered clients of a realm mean that name none, of all kinds of registration.
 *
 * @param all their URIs, in comparable form
 * @param lost those of them that no server has, or that the policy does not allow
 */
public record DefaultResources(Set<String> all, Set<String> lost) {

    public static DefaultResources of(KeycloakSession session, RealmModel realm) {
        McpServers servers = session.getProvider(McpServerRegistry.class).servers(realm);
        Set<String> all = new HashSet<>();
        Set<String> lost = new HashSet<>();
        for (RegistrationAuth kind : RegistrationAuth.values()) {
            RegistrationConfiguration.of(realm, kind)
                    .map(RegistrationConfiguration::policy)
                    .ifPresent(policy -> policy.defaultResource().ifPresent(server -> {
                        all.add(server.canonical());
                        if (servers.claiming(server).size() != 1 || !policy.allows(server)) {
                            lost.add(server.canonical());
                        }
                    }));
        }
        return new DefaultResources(all, lost);
    }
}
