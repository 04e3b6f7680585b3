package dev.keycloakmcp.actor.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.VouchedClaims;
import dev.keycloakmcp.token.provider.SettledMappers;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.ProtocolMapper;
import org.keycloak.protocol.oidc.mappers.OIDCAccessTokenMapper;
import org.keycloak.protocol.oidc.mappers.OIDCAttributeMapperHelper;
import org.keycloak.protocol.oidc.mappers.OIDCIDTokenMapper;
import org.keycloak.protocol.oidc.mappers.TokenIntrospectionTokenMapper;
import org.keycloak.protocol.oidc.mappers.UserInfoTokenMapper;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.IDToken;
import org.keycloak.services.managers.AppAuthManager;

/**
 * Stamps {@code act} (RFC 8693 section 4.1): on exchanged tokens the client that exchanged, with the actors of the
 * subject token nested; on user tokens from the authorization code the client that acts for the user.
 */
@AutoService(ProtocolMapper.class)
public final class McpActorMapper extends DelegationClaimMapper
        implements OIDCAccessTokenMapper, OIDCIDTokenMapper, UserInfoTokenMapper, TokenIntrospectionTokenMapper {

    public static final String PROVIDER_ID = DelegationClaims.ACTOR_MAPPER;

    static final String STAMP_DELEGATED = "stamp-delegated";

    /** Made once by the service loader. */
    public McpActorMapper() {
        super(properties -> properties
                .property()
                .name(STAMP_DELEGATED)
                .label("oidc-mcp-actor-mapper.stamp-delegated.label")
                .helpText("oidc-mcp-actor-mapper.stamp-delegated.tooltip")
                .type(ProviderConfigProperty.BOOLEAN_TYPE)
                .defaultValue(true)
                .add());
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
    public String getHelpText() {
        return "Adds the act claim of RFC 8693: who acts for the user now, and who acted before. No other mapper can"
                + " overwrite it.";
    }

    @Override
    protected void setClaim(
            IDToken token,
            ProtocolMapperModel mappingModel,
            UserSessionModel userSession,
            KeycloakSession session,
            ClientSessionContext clientSessionCtx) {
        new ActorClaims(session, mappingModel, userSession)
                .issued(clientSessionCtx)
                .ifPresent(chain -> {
                    if (token instanceof AccessToken) {
                        token.setOtherClaims(DelegationClaims.ACT, chain.toClaim());
                        DelegationState.of(session).actsBy(chain);
                    } else {
                        stamp(token, chain.toClaim(), session);
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
            SettledMappers.vouchWhoMayAct(session, clientSessionCtx, token);
            DelegationClaims.restrict(token, VouchedClaims.of(session).claims());
            return token;
        }
        return super.transformIDToken(token, mappingModel, session, userSession, clientSessionCtx);
    }

    /** Adds what the token says: the session, from which mappers rebuild other claims, is shared by several exchanges. */
    @Override
    public AccessToken transformIntrospectionToken(
            AccessToken token,
            ProtocolMapperModel mappingModel,
            KeycloakSession session,
            UserSessionModel userSession,
            ClientSessionContext clientSessionCtx) {
        if (OIDCAttributeMapperHelper.includeInIntrospection(mappingModel)) {
            new ActorClaims(session, mappingModel, userSession)
                    .presented(new TokenActors(session).parameter("token"))
                    .ifPresent(claim -> stamp(token, claim, session));
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
            AppAuthManager.AuthHeader header = AppAuthManager.extractAuthorizationHeaderTokenOrReturnNull(
                    session.getContext().getHttpRequest().getHttpHeaders());
            String used = header == null
                    ? new TokenActors(session).parameter(OAuth2Constants.ACCESS_TOKEN)
                    : header.getToken();
            new ActorClaims(session, mappingModel, userSession)
                    .presented(used)
                    .ifPresentOrElse(claim -> stamp(token, claim, session), () -> token.getOtherClaims()
                            .remove(DelegationClaims.ACT));
        }
        return token;
    }

    private static void stamp(IDToken token, Object claim, KeycloakSession session) {
        token.setOtherClaims(DelegationClaims.ACT, claim);
        VouchedClaims.of(session).vouch(DelegationClaims.ACT, claim);
    }

    /** True when a mapper names the client of a sign-in as the actor. */
    static boolean stampsDelegated(ProtocolMapperModel mapper) {
        return PROVIDER_ID.equals(mapper.getProtocolMapper())
                && Boolean.parseBoolean(mapper.getConfig().getOrDefault(STAMP_DELEGATED, "true"));
    }
}
