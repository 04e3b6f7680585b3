package dev.keycloakmcp.actor.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.VouchedClaims;
import java.util.LinkedHashMap;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperContainerModel;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.ProtocolMapper;
import org.keycloak.protocol.ProtocolMapperConfigException;
import org.keycloak.protocol.oidc.mappers.OIDCAccessTokenMapper;
import org.keycloak.protocol.oidc.mappers.OIDCAttributeMapperHelper;
import org.keycloak.protocol.oidc.mappers.OIDCIDTokenMapper;
import org.keycloak.protocol.oidc.mappers.TokenIntrospectionTokenMapper;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.IDToken;

/**
 * Stamps {@code may_act} (RFC 8693 section 4.4): names the one client that may act for the user with tokens of this
 * client. Lightweight tokens have it too, as a restriction that is left out is none.
 */
@AutoService(ProtocolMapper.class)
public final class McpMayActMapper extends DelegationClaimMapper
        implements OIDCAccessTokenMapper, OIDCIDTokenMapper, TokenIntrospectionTokenMapper {

    public static final String PROVIDER_ID = DelegationClaims.MAY_ACT_MAPPER;

    static final String ACTOR = "actor";
    static final String ACTOR_ATTRIBUTE = "actor-attribute";

    private static final String NOBODY_NAMED = "oidc-mcp-may-act-mapper.nobody-named";

    /** Made once by the service loader. */
    public McpMayActMapper() {
        super(
                properties -> properties
                        .property()
                        .name(ACTOR)
                        .label("oidc-mcp-may-act-mapper.actor.label")
                        .helpText("oidc-mcp-may-act-mapper.actor.tooltip")
                        .type(ProviderConfigProperty.CLIENT_LIST_TYPE)
                        .add()
                        .property()
                        .name(ACTOR_ATTRIBUTE)
                        .label("oidc-mcp-may-act-mapper.actor-attribute.label")
                        .helpText("oidc-mcp-may-act-mapper.actor-attribute.tooltip")
                        .type(ProviderConfigProperty.STRING_TYPE)
                        .add(),
                OIDCAttributeMapperHelper.INCLUDE_IN_LIGHTWEIGHT_ACCESS_TOKEN);
    }

    @Override
    public String getId() {
        return PROVIDER_ID;
    }

    @Override
    public String getDisplayType() {
        return "MCP actor that may act (may_act)";
    }

    @Override
    public String getHelpText() {
        return "Adds the may_act claim of RFC 8693: the client that may act for the user. Token exchange enforces it. No"
                + " other mapper can overwrite it.";
    }

    @Override
    public void validateConfig(
            KeycloakSession session,
            RealmModel realm,
            ProtocolMapperContainerModel container,
            ProtocolMapperModel mapperModel)
            throws ProtocolMapperConfigException {
        if (MayActClaims.namesNobody(mapperModel)) {
            // Keycloak answers 500 to an exception without a message key.
            throw new ProtocolMapperConfigException(
                    ACTOR + " or " + ACTOR_ATTRIBUTE + " has to be set, or the mapper adds nothing", NOBODY_NAMED);
        }
    }

    @Override
    public AccessToken transformAccessToken(
            AccessToken token,
            ProtocolMapperModel mappingModel,
            KeycloakSession session,
            UserSessionModel userSession,
            ClientSessionContext clientSessionCtx) {
        if (OIDCAttributeMapperHelper.includeInAccessToken(mappingModel)) {
            MayActClaims.of(mappingModel, userSession.getUser(), session).ifPresent(claim -> {
                // Another mapper may add members to a claim that is there.
                token.setOtherClaims(DelegationClaims.MAY_ACT, new LinkedHashMap<>(claim));
                DelegationState.of(session).mayAct(new MayActClaim(claim, false));
            });
        }
        return token;
    }

    /** Adds nothing: the claim of the token as issued counts, not what the mapper would issue today. */
    @Override
    public AccessToken transformIntrospectionToken(
            AccessToken token,
            ProtocolMapperModel mappingModel,
            KeycloakSession session,
            UserSessionModel userSession,
            ClientSessionContext clientSessionCtx) {
        return token;
    }

    @Override
    protected void setClaim(
            IDToken token,
            ProtocolMapperModel mappingModel,
            UserSessionModel userSession,
            KeycloakSession session,
            ClientSessionContext clientSessionCtx) {
        MayActClaims.of(mappingModel, userSession.getUser(), session).ifPresent(claim -> {
            token.setOtherClaims(DelegationClaims.MAY_ACT, new LinkedHashMap<>(claim));
            VouchedClaims.of(session).vouch(DelegationClaims.MAY_ACT, claim);
        });
    }
}
