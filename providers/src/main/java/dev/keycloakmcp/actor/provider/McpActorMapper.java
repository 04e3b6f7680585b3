package dev.keycloakmcp.actor.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.McpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.OAuthErrorException;
import org.keycloak.http.HttpRequest;
import org.keycloak.models.ClientModel;
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
import org.keycloak.protocol.oidc.mappers.UserInfoTokenMapper;
import org.keycloak.protocol.oidc.token.TokenInterceptorException;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.IDToken;
import org.keycloak.representations.RefreshToken;
import org.keycloak.services.managers.AppAuthManager;

/**
 * Stamps {@code act} (RFC 8693 section 4.1): on exchanged tokens the client that exchanged, with the actors of the
 * subject token nested; on user tokens from the authorization code the client that acts for the user.
 */
@AutoService(ProtocolMapper.class)
public final class McpActorMapper extends AbstractOIDCProtocolMapper
        implements OIDCAccessTokenMapper, OIDCIDTokenMapper, UserInfoTokenMapper, TokenIntrospectionTokenMapper {

    public static final String PROVIDER_ID = DelegationClaims.ACTOR_MAPPER;

    static final String STAMP_DELEGATED = "stamp-delegated";

    /** Mappers run in ascending order. */
    static final int LAST = Integer.MAX_VALUE;

    private static final List<ProviderConfigProperty> PROPERTIES = properties();

    private static List<ProviderConfigProperty> properties() {
        List<ProviderConfigProperty> properties = new ArrayList<>(ProviderConfigurationBuilder.create()
                .property()
                .name(STAMP_DELEGATED)
                .label("oidc-mcp-actor-mapper.stamp-delegated.label")
                .helpText("oidc-mcp-actor-mapper.stamp-delegated.tooltip")
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

    // After the mappers of others, whose claim of the same name it replaces.
    @Override
    public int getPriority() {
        return LAST;
    }

    @Override
    protected void setClaim(
            IDToken token,
            ProtocolMapperModel mappingModel,
            UserSessionModel userSession,
            KeycloakSession session,
            ClientSessionContext clientSessionCtx) {
        chain(mappingModel, userSession, session, clientSessionCtx).ifPresent(chain -> {
            token.setOtherClaims(DelegationClaims.ACT, chain.toClaim());
            if (token instanceof AccessToken) {
                DelegationState.of(session).actsBy(chain);
            } else {
                McpRequest.of(session).vouch(DelegationClaims.ACT, chain.toClaim());
            }
        });
    }

    @Override
    public IDToken transformIDToken(
            IDToken token,
            ProtocolMapperModel mappingModel,
            KeycloakSession session,
            UserSessionModel userSession,
            ClientSessionContext clientSessionCtx) {
        if (Boolean.parseBoolean(mappingModel.getConfig().get(DelegationClaims.GUARD))) {
            DelegationClaims.restrict(token, McpRequest.of(session).vouched());
            return token;
        }
        return super.transformIDToken(token, mappingModel, session, userSession, clientSessionCtx);
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
            said(introspected, mappingModel, userSession, session).ifPresent(claim -> {
                token.setOtherClaims(DelegationClaims.ACT, claim);
                McpRequest.of(session).vouch(DelegationClaims.ACT, claim);
            });
        }
        return token;
    }

    @Override
    public AccessToken transformUserInfoToken(
            AccessToken token,
            ProtocolMapperModel mappingModel,
            KeycloakSession session,
            UserSessionModel userSession,
            ClientSessionContext clientSessionCtx) {
        if (OIDCAttributeMapperHelper.includeInUserInfo(mappingModel)) {
            HttpRequest request = session.getContext().getHttpRequest();
            AppAuthManager.AuthHeader header =
                    AppAuthManager.extractAuthorizationHeaderTokenOrReturnNull(request.getHttpHeaders());
            String used = header == null
                    ? request.getDecodedFormParameters().getFirst(OAuth2Constants.ACCESS_TOKEN)
                    : header.getToken();
            said(used, mappingModel, userSession, session)
                    .ifPresentOrElse(
                            claim -> {
                                token.setOtherClaims(DelegationClaims.ACT, claim);
                                McpRequest.of(session).vouch(DelegationClaims.ACT, claim);
                            },
                            () -> token.getOtherClaims().remove(DelegationClaims.ACT));
        }
        return token;
    }

    /** What a token says, or leaves to be said because it is lightweight. */
    private static Optional<Object> said(
            @Nullable String encoded,
            ProtocolMapperModel mapper,
            UserSessionModel userSession,
            KeycloakSession session) {
        AccessToken token = encoded == null ? null : session.tokens().decode(encoded, AccessToken.class);
        if (token == null) {
            return Optional.empty();
        }
        Object claim = token.getOtherClaims().get(DelegationClaims.ACT);
        if (claim != null || !Actors.isLightweight(session, token)) {
            return Optional.ofNullable(claim);
        }
        boolean clientActs = Actors.isOfSignIn(session, token) && stampsDelegated(mapper);
        return Actors.ofSignIn(
                        clientActs ? Actors.signInClient(session, token) : Optional.empty(),
                        Actors.impersonator(session.getContext().getRealm(), userSession))
                .map(ActorChain::toClaim);
    }

    private static Optional<ActorChain> chain(
            ProtocolMapperModel mapper,
            UserSessionModel userSession,
            KeycloakSession session,
            ClientSessionContext context) {
        DelegationState state = DelegationState.of(session);
        if (state.isKeycloaks()) {
            return Optional.empty();
        }
        ClientModel client = context.getClientSession().getClient();
        String grant = context.getAttribute(Constants.GRANT_TYPE, String.class);
        if (OAuth2Constants.TOKEN_EXCHANGE_GRANT_TYPE.equals(grant)) {
            return state.chain().or(() -> Optional.of(withoutPolicies(session, client)));
        }
        boolean refresh = OAuth2Constants.REFRESH_TOKEN.equals(grant);
        boolean signIn = Actors.isSignIn(grant)
                || Boolean.TRUE.equals(context.getAttribute(DelegationClaims.HYBRID_FLOW, Boolean.class));
        if (!refresh && !signIn) {
            // Other grants name no client, but may go on in a session that somebody took over.
            return state.chain()
                    .or(() -> Actors.ofSignIn(
                            Optional.empty(),
                            Actors.impersonator(session.getContext().getRealm(), userSession)));
        }
        return (refresh ? refreshed(session) : Optional.<ActorChain>empty())
                .or(() -> Actors.ofSignIn(
                        stampsDelegated(mapper) ? Optional.of(Actors.of(session, client)) : Optional.empty(),
                        Actors.impersonator(session.getContext().getRealm(), userSession)));
    }

    /**
     * The chain where only the mapper is configured: Keycloak's own exchange verified the subject token, whose actors stay.
     * One that is too long is refused, never cut.
     */
    private static ActorChain withoutPolicies(KeycloakSession session, ClientModel client) {
        Actor actor = Actors.of(session, client);
        return Optional.ofNullable(session.getContext()
                        .getHttpRequest()
                        .getDecodedFormParameters()
                        .getFirst(OAuth2Constants.SUBJECT_TOKEN))
                .map(encoded -> session.tokens().decode(encoded, AccessToken.class))
                .flatMap(Actors::in)
                .map(earlier -> earlier.then(actor)
                        .orElseThrow(() -> new TokenInterceptorException(
                                OAuthErrorException.INVALID_REQUEST,
                                "The subject token passed through too many actors.")))
                .orElseGet(() -> ActorChain.of(actor));
    }

    /** Whether a mapper names the client of a sign-in as the actor. */
    static boolean stampsDelegated(ProtocolMapperModel mapper) {
        return PROVIDER_ID.equals(mapper.getProtocolMapper())
                && Boolean.parseBoolean(mapper.getConfig().getOrDefault(STAMP_DELEGATED, "true"));
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
