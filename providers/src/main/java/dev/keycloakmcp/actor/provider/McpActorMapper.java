package dev.keycloakmcp.actor.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.actor.Actor;
import dev.keycloakmcp.actor.ActorChain;
import dev.keycloakmcp.resource.provider.McpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.ProtocolMapper;
import org.keycloak.protocol.oidc.mappers.AbstractOIDCProtocolMapper;
import org.keycloak.protocol.oidc.mappers.OIDCAccessTokenMapper;
import org.keycloak.protocol.oidc.mappers.OIDCAttributeMapperHelper;
import org.keycloak.protocol.oidc.mappers.OIDCIDTokenMapper;
import org.keycloak.protocol.oidc.mappers.TokenIntrospectionTokenMapper;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.IDToken;
import org.keycloak.representations.RefreshToken;

/**
 * Stamps {@code act} (RFC 8693 section 4.1): on exchanged tokens the client that exchanged, with the actors of the
 * subject token nested; on user tokens from the authorization code the client that acts for the user.
 */
@AutoService(ProtocolMapper.class)
public final class McpActorMapper extends AbstractOIDCProtocolMapper
        implements OIDCAccessTokenMapper, OIDCIDTokenMapper, TokenIntrospectionTokenMapper {

    public static final String PROVIDER_ID = "oidc-mcp-actor-mapper";

    static final String STAMP_DELEGATED = "stamp-delegated";

    private static final List<ProviderConfigProperty> PROPERTIES = properties();

    private static List<ProviderConfigProperty> properties() {
        List<ProviderConfigProperty> properties = new ArrayList<>(ProviderConfigurationBuilder.create()
                .property()
                .name(STAMP_DELEGATED)
                .label("Stamp delegated tokens")
                .helpText("If on, user tokens from the authorization code and their refreshes say that the client acts"
                        + " for the user. If off, only exchanged tokens have an actor. A client's own machine token"
                        + " never has one.")
                .type(ProviderConfigProperty.BOOLEAN_TYPE)
                .defaultValue(true)
                .add()
                .build());
        OIDCAttributeMapperHelper.addIncludeInTokensConfig(properties, McpActorMapper.class);
        return List.copyOf(properties);
    }

    @Override
    public String getId() {
        return PROVIDER_ID;
    }

    @Override
    public String getDisplayType() {
        return "MCP actor (act)";
    }

    @Override
    public String getDisplayCategory() {
        return TOKEN_MAPPER_CATEGORY;
    }

    @Override
    public String getHelpText() {
        return "Adds the act claim of RFC 8693: who acts for the user now, and who acted before. No other mapper can"
                + " overwrite it.";
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return PROPERTIES;
    }

    @Override
    protected void setClaim(
            IDToken token,
            ProtocolMapperModel mappingModel,
            UserSessionModel userSession,
            KeycloakSession session,
            ClientSessionContext clientSessionCtx) {
        chain(mappingModel, session, clientSessionCtx).map(ActorChain::toClaim).ifPresent(claim -> {
            token.setOtherClaims(Actors.CLAIM, claim);
            if (token instanceof AccessToken) {
                keep(session, claim);
            }
        });
    }

    // Mappers rebuild claims for introspection from the session, which several exchanges share; the token tells.
    @Override
    public AccessToken transformIntrospectionToken(
            AccessToken token,
            ProtocolMapperModel mappingModel,
            KeycloakSession session,
            UserSessionModel userSession,
            ClientSessionContext clientSessionCtx) {
        if (OIDCAttributeMapperHelper.includeInIntrospection(mappingModel)) {
            String introspected = session.getContext()
                    .getHttpRequest()
                    .getDecodedFormParameters()
                    .getFirst("token");
            Optional.ofNullable(introspected)
                    .map(encoded -> session.tokens().decode(encoded, AccessToken.class))
                    .map(original -> original.getOtherClaims().get(Actors.CLAIM))
                    .ifPresent(claim -> token.setOtherClaims(Actors.CLAIM, claim));
        }
        return token;
    }

    /** Writes the claim again after all mappers ran, and into the refresh token, where it survives refreshes. */
    private static void keep(KeycloakSession session, Map<String, Object> claim) {
        McpRequest.of(session).addFinisher(tokens -> {
            tokens.accessToken().setOtherClaims(Actors.CLAIM, claim);
            if (tokens.refreshToken() != null) {
                tokens.refreshToken().setOtherClaims(Actors.CLAIM, claim);
            }
        });
    }

    private static Optional<ActorChain> chain(
            ProtocolMapperModel mapper, KeycloakSession session, ClientSessionContext context) {
        String grant = context.getAttribute(Constants.GRANT_TYPE, String.class);
        Actor client = Actors.of(session, context.getClientSession().getClient());
        if (OAuth2Constants.TOKEN_EXCHANGE_GRANT_TYPE.equals(grant)) {
            return SubjectToken.of(session).flatMap(subject -> Actors.in(subject)
                    .map(earlier -> earlier.then(client))
                    .orElseGet(() -> Optional.of(ActorChain.of(client))));
        }
        if (OAuth2Constants.REFRESH_TOKEN.equals(grant)) {
            return refreshed(session).or(() -> delegated(mapper, client));
        }
        return OAuth2Constants.AUTHORIZATION_CODE.equals(grant) ? delegated(mapper, client) : Optional.empty();
    }

    private static Optional<ActorChain> delegated(ProtocolMapperModel mapper, Actor client) {
        return Boolean.parseBoolean(mapper.getConfig().getOrDefault(STAMP_DELEGATED, "true"))
                ? Optional.of(ActorChain.of(client))
                : Optional.empty();
    }

    private static Optional<ActorChain> refreshed(KeycloakSession session) {
        return Optional.ofNullable(session.getContext()
                        .getHttpRequest()
                        .getDecodedFormParameters()
                        .getFirst(OAuth2Constants.REFRESH_TOKEN))
                .map(encoded -> session.tokens().decode(encoded, RefreshToken.class))
                .flatMap(Actors::in);
    }
}
