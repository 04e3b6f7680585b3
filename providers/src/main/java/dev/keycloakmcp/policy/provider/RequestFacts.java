package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.resource.McpAttributes;
import dev.keycloakmcp.resource.ResourceIndicator;
import dev.keycloakmcp.resource.TargetRequest;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import dev.keycloakmcp.support.ScopeParameter;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.TokenExchangeContext;
import org.keycloak.protocol.oidc.grants.ciba.clientpolicy.context.BackchannelTokenRequestContext;
import org.keycloak.protocol.oidc.grants.device.clientpolicy.context.DeviceAuthorizationRequestContext;
import org.keycloak.protocol.oidc.grants.device.clientpolicy.context.DeviceTokenRequestContext;
import org.keycloak.protocol.oidc.par.clientpolicy.context.PushedAuthorizationRequestContext;
import org.keycloak.protocol.oidc.utils.OAuth2Code;
import org.keycloak.representations.RefreshToken;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.context.AuthorizationRequestContext;
import org.keycloak.services.clientpolicy.context.JWTAuthorizationGrantContext;
import org.keycloak.services.clientpolicy.context.ResourceOwnerPasswordCredentialsContext;
import org.keycloak.services.clientpolicy.context.ServiceAccountTokenRequestContext;
import org.keycloak.services.clientpolicy.context.TokenExchangeRequestContext;
import org.keycloak.services.clientpolicy.context.TokenRefreshContext;
import org.keycloak.services.clientpolicy.context.TokenRequestContext;

/**
 * What a request says about target and scopes, read from the context of a client policy event.
 *
 * @param requestedScopes absent where the request named no scope
 */
public record RequestFacts(ClientModel client, TargetRequest target, Optional<Set<String>> requestedScopes) {

    /** The facts; empty for events that lead to no token, and for a refresh token that Keycloak will refuse. */
    public static Optional<RequestFacts> of(KeycloakSession session, ClientPolicyContext context) {
        if (context instanceof AuthorizationRequestContext authorization) {
            return Optional.of(new Reader(session, authorization.getClient())
                    .resource(
                            authorization.getAuthorizationEndpointRequest().getResource(),
                            authorization.getRequestParameters())
                    .scope(authorization.getScopeParameter())
                    .read());
        }
        if (context instanceof PushedAuthorizationRequestContext pushed) {
            return Optional.of(new Reader(session, pushed.getClient())
                    .resource(pushed.getRequest().getResource(), pushed.getRequestParameters())
                    .scope(pushed.getScopeParameter())
                    .read());
        }
        ClientModel client = session.getContext().getClient();
        if (client == null) {
            return Optional.empty();
        }
        Reader reader = new Reader(session, client);
        if (context instanceof TokenRequestContext code) {
            OAuth2Code data = code.getParseResult().getCodeData();
            return Optional.of(reader.resources(code.getParams())
                    .bound(data.getResource())
                    .scope(data.getScope())
                    .read());
        }
        if (context instanceof TokenRefreshContext refresh) {
            return reader.resources(refresh.getParams()).refresh(refresh.getParams(), refresh.getScopeParameter());
        }
        if (context instanceof ServiceAccountTokenRequestContext machine) {
            return Optional.of(reader.resources(machine.getParams())
                    .audiences(machine.getParams())
                    .scope(machine.getParams().getFirst(OAuth2Constants.SCOPE))
                    .read());
        }
        if (context instanceof TokenExchangeRequestContext exchange) {
            TokenExchangeContext exchanged = exchange.getTokenExchangeContext();
            return Optional.of(reader.resources(exchanged.getFormParams())
                    .audiences(exchanged.getFormParams())
                    .scope(exchange.getScopeParameter())
                    .read());
        }
        if (context instanceof ResourceOwnerPasswordCredentialsContext password) {
            return Optional.of(reader.resources(password.getParams())
                    .scope(password.getScopeParameter())
                    .read());
        }
        if (context instanceof DeviceAuthorizationRequestContext device) {
            return Optional.of(reader.resource(device.getRequest().getResource(), device.getRequestParameters())
                    .scope(device.getRequest().getScope())
                    .read());
        }
        if (context instanceof DeviceTokenRequestContext device) {
            return Optional.of(reader.resources(device.getRequestParameters())
                    .bound(DeviceTarget.of(device.getDeviceCodeModel()).orElse(null))
                    .scope(device.getDeviceCodeModel().getScope())
                    .read());
        }
        if (context instanceof BackchannelTokenRequestContext backchannel) {
            return Optional.of(reader.resources(backchannel.getRequestParameters())
                    .scope(backchannel.getParsedRequest().getScope())
                    .read());
        }
        if (context instanceof JWTAuthorizationGrantContext assertion) {
            return Optional.of(
                    reader.resources(session.getContext().getHttpRequest().getDecodedFormParameters())
                            .scope(assertion.getScopeParameter())
                            .read());
        }
        return Optional.empty();
    }

    private static final class Reader {

        /** Characters of an unknown target in an event. */
        private static final int MOST_TOLD = 600;

        private final KeycloakSession session;
        private final ClientModel client;
        private List<String> resources = List.of();
        private List<String> audiences = List.of();
        private Optional<String> bound = Optional.empty();
        private Optional<Set<String>> scopes = Optional.empty();

        Reader(KeycloakSession session, ClientModel client) {
            this.session = session;
            this.client = client;
        }

        /** Keycloak drops parameters that are too long: a target that nobody has must not become no target. */
        Reader resource(@Nullable String value, MultivaluedMap<String, String> sent) {
            resources = value == null ? sent.getOrDefault(OAuth2Constants.RESOURCE, List.of()) : List.of(value);
            return this;
        }

        Reader resources(MultivaluedMap<String, String> parameters) {
            resources = parameters.getOrDefault(OAuth2Constants.RESOURCE, List.of());
            return this;
        }

        Reader audiences(MultivaluedMap<String, String> parameters) {
            audiences = parameters.getOrDefault(OAuth2Constants.AUDIENCE, List.of());
            return this;
        }

        Reader bound(@Nullable String value) {
            bound = Optional.ofNullable(value);
            return this;
        }

        Reader scope(@Nullable String parameter) {
            scopes = ScopeParameter.names(parameter);
            return this;
        }

        Optional<RequestFacts> refresh(MultivaluedMap<String, String> parameters, @Nullable String scopeParameter) {
            String encoded = parameters.getFirst(OAuth2Constants.REFRESH_TOKEN);
            RefreshToken token = encoded == null ? null : session.tokens().decode(encoded, RefreshToken.class);
            if (token == null) {
                return Optional.empty();
            }
            bound(token.getOtherClaims().get(DelegationClaims.RESOURCE) instanceof String url ? url : null);
            Optional<Set<String>> granted = ScopeParameter.names(token.getScope());
            Optional<Set<String>> requested = ScopeParameter.names(scopeParameter);
            scopes = requested
                    .map(names -> names.stream()
                            .filter(name -> granted.orElse(Set.of()).contains(name))
                            .collect(Collectors.toUnmodifiableSet()))
                    .or(() -> granted);
            return Optional.of(read());
        }

        /** What events say: the first target that was named, as registered where it is. */
        private Optional<String> target() {
            return Stream.of(resources, audiences, bound.stream().toList())
                    .flatMap(List::stream)
                    .findFirst()
                    .map(named -> ResourceIndicator.parse(named)
                            .map(McpServerRegistry.of(session)::claiming)
                            .filter(claiming -> !claiming.isEmpty())
                            .map(claiming -> claiming.get(0).resourceUrl())
                            .orElse(named.substring(0, Math.min(MOST_TOLD, named.length()))));
        }

        /** Without those that only bring mappers, which a refresh token holds too. */
        private Optional<String> shownScopes() {
            return scopes.map(names -> names.stream()
                    .filter(name -> Stream.of(true, false)
                            .map(byDefault -> client.getClientScopes(byDefault).get(name))
                            .filter(Objects::nonNull)
                            .allMatch(ClientScopeModel::isIncludeInTokenScope))
                    .sorted()
                    .collect(Collectors.joining(" ")));
        }

        RequestFacts read() {
            Set<String> assigned = new HashSet<>(client.getClientScopes(true).keySet());
            assigned.addAll(client.getClientScopes(false).keySet());
            McpRequest.of(session).asked(new McpRequest.Asked(this::target, this::shownScopes));
            return new RequestFacts(
                    client,
                    new TargetRequest(
                            resources, audiences, bound, scopes.orElse(Set.of()), assigned, allowedResources(client)),
                    scopes);
        }
    }

    private static Optional<Set<ResourceIndicator>> allowedResources(ClientModel client) {
        return ScopeParameter.names(client.getAttribute(McpAttributes.ALLOWED_RESOURCES))
                .map(uris -> uris.stream()
                        .map(ResourceIndicator::parse)
                        .flatMap(Optional::stream)
                        .collect(Collectors.toUnmodifiableSet()));
    }
}
