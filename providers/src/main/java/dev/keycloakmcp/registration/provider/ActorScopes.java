package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.policy.provider.DelegationClaims;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.RealmModel;
import org.keycloak.representations.idm.ClientRepresentation;

/**
 * The default client scopes of a realm whose mappers say who acts or may act. A client that registers itself names the
 * scopes that it wants; these are no matter of choice.
 */
final class ActorScopes {

    private static final Set<String> MAPPERS = Set.of(DelegationClaims.ACTOR_MAPPER, DelegationClaims.MAY_ACT_MAPPER);

    private ActorScopes() {}

    /** Adds them to the scopes that a client is to have; one that names no scopes gets those of the realm. */
    static void keep(RealmModel realm, ClientRepresentation wanted) {
        Set<String> names = realm.getDefaultClientScopesStream(true)
                .filter(ActorScopes::tellsActors)
                .map(ClientScopeModel::getName)
                .collect(Collectors.toUnmodifiableSet());
        if (names.isEmpty()) {
            return;
        }
        if (wanted.getDefaultClientScopes() != null) {
            wanted.setDefaultClientScopes(Stream.concat(wanted.getDefaultClientScopes().stream(), names.stream())
                    .distinct()
                    .toList());
        }
        List<String> optional = wanted.getOptionalClientScopes();
        if (optional != null) {
            wanted.setOptionalClientScopes(
                    optional.stream().filter(name -> !names.contains(name)).toList());
        }
    }

    private static boolean tellsActors(ClientScopeModel scope) {
        return scope.getProtocolMappersStream()
                .map(ProtocolMapperModel::getProtocolMapper)
                .anyMatch(MAPPERS::contains);
    }
}
