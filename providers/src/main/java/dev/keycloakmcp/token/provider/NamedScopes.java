package dev.keycloakmcp.token.provider;

import java.util.Set;
import org.keycloak.common.Profile;
import org.keycloak.models.ClientScopeModel;

/** The client scopes that a scope parameter names. */
final class NamedScopes {

    private NamedScopes() {}

    /**
     * True when a scope of a request is one of the client scopes. With Keycloak's feature for it, a scope may have a parameter,
     * {@code name:parameter}, and the name of the client scope a colon as well, as {@code delegation:client} has.
     */
    static boolean hold(Set<String> clientScopes, String scope) {
        return clientScopes.contains(scope)
                || Profile.isFeatureEnabled(Profile.Feature.PARAMETERIZED_SCOPES)
                        && clientScopes.stream()
                                .anyMatch(name -> scope.startsWith(name + ClientScopeModel.VALUE_SEPARATOR));
    }
}
