package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.registration.ClientLifetime;
import dev.keycloakmcp.registration.RegistrationLimits;
import dev.keycloakmcp.registration.RegistrationPolicy;
import dev.keycloakmcp.registration.RegistrationSettings;
import dev.keycloakmcp.resource.provider.SavedServers;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.component.ComponentModel;
import org.keycloak.component.ComponentValidationException;
import org.keycloak.models.RealmModel;
import org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy;
import org.keycloak.services.clientregistration.policy.ClientRegistrationPolicyManager;
import org.keycloak.services.clientregistration.policy.RegistrationAuth;

/** The configuration of a {@code mcp-client-registration} component. */
final class RegistrationConfiguration {

    private final RegistrationSettings settings;

    private RegistrationConfiguration(ComponentModel component) {
        settings = new RegistrationSettings(key -> component.getConfig().get(key));
    }

    static RegistrationConfiguration of(ComponentModel component) {
        return new RegistrationConfiguration(component);
    }

    /** True when the realm has a component for any kind of registration. */
    static boolean isPresent(RealmModel realm) {
        return components(realm).findAny().isPresent();
    }

    /** The component for a kind of registration; the first by name where there are several. */
    static Optional<RegistrationConfiguration> of(RealmModel realm, RegistrationAuth kind) {
        return components(realm)
                .filter(component -> ClientRegistrationPolicyManager.getComponentTypeKey(kind)
                        .equals(component.getSubType()))
                .min((one, other) -> one.getName().compareTo(other.getName()))
                .map(RegistrationConfiguration::new);
    }

    private static Stream<ComponentModel> components(RealmModel realm) {
        return realm.getComponentsStream(realm.getId(), ClientRegistrationPolicy.class.getName())
                .filter(component -> McpClientRegistrationPolicyFactory.PROVIDER_ID.equals(component.getProviderId()));
    }

    RegistrationPolicy policy() {
        return settings.policy();
    }

    RegistrationLimits limits() {
        return settings.limits();
    }

    ClientLifetime lifetime() {
        return settings.lifetime();
    }

    private Optional<String> defaultProblem(SavedServers servers) {
        String prefix = "'" + RegistrationSettings.DEFAULT_RESOURCE.key() + "': ";
        Optional<String> unknown = settings.value(RegistrationSettings.DEFAULT_RESOURCE)
                .flatMap(uri -> servers.problem(List.of(uri)))
                .map(prefix::concat);
        RegistrationPolicy policy = policy();
        return unknown.or(() -> policy.defaultResource()
                .filter(server -> !policy.allows(server))
                .map(server -> prefix + RegistrationSettings.ALLOWED_RESOURCES.key() + " does not allow that server"));
    }

    /** Refuses what cannot be meant. */
    void validate(SavedServers servers) throws ComponentValidationException {
        Optional<String> problem = settings.problem()
                .or(() -> servers.problem(settings.value(RegistrationSettings.ALLOWED_RESOURCES))
                        .map(wrong -> "'" + RegistrationSettings.ALLOWED_RESOURCES.key() + "': " + wrong))
                .or(() -> defaultProblem(servers));
        if (problem.isPresent()) {
            // Keycloak takes the message for a pattern; as a parameter, braces and quotes stay as they are.
            throw new ComponentValidationException("{0}", problem.get());
        }
    }
}
