package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.support.ScopeParameter;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.organization.protocol.mappers.oidc.OrganizationMembershipMapper;
import org.keycloak.rar.AuthorizationDetails;
import org.keycloak.sessions.AuthenticationSessionModel;

/** The names under which people allow client scopes, with what stands behind the colon. */
final class ScopeNames {

    private ScopeNames() {}

    /** A client stands among its scopes, and need not have a name; no scope is named like this, with a space. */
    static String of(ClientScopeModel scope) {
        return scope instanceof ClientModel client ? " " + client.getClientId() : scope.getName();
    }

    static String of(ClientScopeModel scope, @Nullable String parameter) {
        String name = of(scope);
        return parameter == null ? name : name + ClientScopeModel.VALUE_SEPARATOR + parameter;
    }

    /** Those of a scope that a login asks for. */
    static Set<String> of(AuthenticationSessionModel login, AuthorizationDetails details) {
        ClientScopeModel scope = details.getClientScope();
        List<String> parameters = parameters(login, details);
        return parameters.isEmpty()
                ? Set.of(of(scope))
                : parameters.stream().map(parameter -> of(scope, parameter)).collect(Collectors.toUnmodifiableSet());
    }

    /** The parts behind the colon. A login has the scope of organizations without, and tokens are asked for with it. */
    static List<String> parameters(AuthenticationSessionModel login, AuthorizationDetails details) {
        @Nullable String parameter = details.getParameterizedScopeParam();
        ClientScopeModel scope = details.getClientScope();
        if (parameter != null
                || scope.getProtocolMapperByType(OrganizationMembershipMapper.PROVIDER_ID)
                        .isEmpty()) {
            return parameter == null ? List.of() : List.of(parameter);
        }
        String start = scope.getName() + ClientScopeModel.VALUE_SEPARATOR;
        return ScopeParameter.list(login.getClientNote(OAuth2Constants.SCOPE)).stream()
                .filter(name -> name.startsWith(start))
                .map(name -> name.substring(start.length()))
                .filter(value -> !value.isEmpty())
                .distinct()
                .toList();
    }
}
