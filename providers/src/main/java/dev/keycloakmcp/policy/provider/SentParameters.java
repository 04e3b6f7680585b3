package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.support.ScopeParameter;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.grants.ciba.clientpolicy.context.BackchannelTokenRequestContext;
import org.keycloak.protocol.oidc.grants.device.clientpolicy.context.DeviceTokenRequestContext;
import org.keycloak.protocol.oidc.utils.OAuth2Code;
import org.keycloak.representations.RefreshToken;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.context.JWTAuthorizationGrantContext;
import org.keycloak.services.clientpolicy.context.ResourceOwnerPasswordCredentialsContext;
import org.keycloak.services.clientpolicy.context.ServiceAccountTokenRequestContext;
import org.keycloak.services.clientpolicy.context.TokenExchangeRequestContext;
import org.keycloak.services.clientpolicy.context.TokenRefreshContext;
import org.keycloak.services.clientpolicy.context.TokenRequestContext;

/**
 * The parameters of a request that name target and scopes, and what the code or token in it was bound to before.
 *
 * @param audiences empty for grants that do not read {@code audience}
 * @param bound the URI that the grant is bound to
 * @param scopes absent where no scope was named
 */
record SentParameters(
        List<String> resources, List<String> audiences, Optional<String> bound, Optional<Set<String>> scopes) {

    /** The parameters; empty for events that lead to no token, and for a refresh token that Keycloak will refuse. */
    static Optional<SentParameters> of(KeycloakSession session, ClientPolicyContext context) {
        if (context instanceof TokenRefreshContext refresh) {
            return refreshed(session, refresh);
        }
        return AuthorizationParameters.of(session, context).or(() -> Optional.ofNullable(sent(session, context)));
    }

    private static @Nullable SentParameters sent(KeycloakSession session, ClientPolicyContext context) {
        if (context instanceof TokenRequestContext code) {
            OAuth2Code data = code.getParseResult().getCodeData();
            return resources(code.getParams(), data.getScope()).boundTo(data.getResource());
        }
        if (context instanceof ServiceAccountTokenRequestContext machine) {
            return resources(machine.getParams(), machine.getParams().getFirst(OAuth2Constants.SCOPE))
                    .withAudiences(machine.getParams());
        }
        if (context instanceof TokenExchangeRequestContext exchange) {
            MultivaluedMap<String, String> form =
                    exchange.getTokenExchangeContext().getFormParams();
            return resources(form, exchange.getScopeParameter()).withAudiences(form);
        }
        if (context instanceof ResourceOwnerPasswordCredentialsContext password) {
            return resources(password.getParams(), password.getScopeParameter());
        }
        if (context instanceof DeviceTokenRequestContext device) {
            return resources(
                            device.getRequestParameters(),
                            device.getDeviceCodeModel().getScope())
                    .boundTo(DeviceTarget.of(device.getDeviceCodeModel()).orElse(null));
        }
        if (context instanceof BackchannelTokenRequestContext backchannel) {
            return resources(
                            backchannel.getRequestParameters(),
                            backchannel.getParsedRequest().getScope())
                    .boundTo(
                            BackchannelTarget.of(backchannel.getParsedRequest()).orElse(null));
        }
        if (context instanceof JWTAuthorizationGrantContext assertion) {
            return resources(
                    session.getContext().getHttpRequest().getDecodedFormParameters(), assertion.getScopeParameter());
        }
        return null;
    }

    private static Optional<SentParameters> refreshed(KeycloakSession session, TokenRefreshContext refresh) {
        String encoded = refresh.getParams().getFirst(OAuth2Constants.REFRESH_TOKEN);
        RefreshToken token = encoded == null ? null : session.tokens().decode(encoded, RefreshToken.class);
        if (token == null) {
            return Optional.empty();
        }
        Optional<Set<String>> granted = ScopeParameter.names(token.getScope());
        Optional<Set<String>> scopes = ScopeParameter.names(refresh.getScopeParameter())
                .map(names -> names.stream()
                        .filter(name -> granted.orElse(Set.of()).contains(name))
                        .collect(Collectors.toUnmodifiableSet()))
                .or(() -> granted);
        return Optional.of(new SentParameters(
                values(refresh.getParams(), OAuth2Constants.RESOURCE),
                List.of(),
                RefreshedTarget.ofLogin(token),
                scopes));
    }

    private static SentParameters resources(MultivaluedMap<String, String> sent, @Nullable String scope) {
        return new SentParameters(
                values(sent, OAuth2Constants.RESOURCE), List.of(), Optional.empty(), ScopeParameter.names(scope));
    }

    private SentParameters withAudiences(MultivaluedMap<String, String> sent) {
        return new SentParameters(resources, values(sent, OAuth2Constants.AUDIENCE), bound, scopes);
    }

    SentParameters boundTo(@Nullable String url) {
        return new SentParameters(
                resources, audiences, Optional.ofNullable(url).filter(text -> !text.isEmpty()), scopes);
    }

    /** The values of a parameter, which is absent where it has none (RFC 6749 section 3.1). */
    static List<String> values(MultivaluedMap<String, String> sent, String name) {
        return sent.getOrDefault(name, List.of()).stream()
                .flatMap(value -> values(value).stream())
                .toList();
    }

    static List<String> values(String sent) {
        return sent.isEmpty() ? List.of() : List.of(sent);
    }
}
