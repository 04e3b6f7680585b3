package dev.keycloakmcp.actor.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.actor.MayAct;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.McpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperContainerModel;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.protocol.ProtocolMapper;
import org.keycloak.protocol.ProtocolMapperConfigException;
import org.keycloak.protocol.oidc.mappers.AbstractOIDCProtocolMapper;
import org.keycloak.protocol.oidc.mappers.OIDCAccessTokenMapper;
import org.keycloak.protocol.oidc.mappers.OIDCAttributeMapperHelper;
import org.keycloak.protocol.oidc.mappers.OIDCIDTokenMapper;
import org.keycloak.protocol.oidc.mappers.TokenIntrospectionTokenMapper;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.IDToken;

/**
 * Stamps {@code may_act} (RFC 8693 section 4.4): names the one client that may act for the user with tokens of this
 * client. Lightweight tokens have it too, as a restriction that is left out is none.
 */
@AutoService(ProtocolMapper.class)
public final class McpMayActMapper extends AbstractOIDCProtocolMapper
        implements OIDCAccessTokenMapper, OIDCIDTokenMapper, TokenIntrospectionTokenMapper {

    public static final String PROVIDER_ID = "oidc-mcp-may-act-mapper";

    static final String ACTOR = "actor";
    static final String ACTOR_ATTRIBUTE = "actor-attribute";

    private static final String NOBODY_NAMED = "oidc-mcp-may-act-mapper.nobody-named";

    /** A party that no actor is: tokens that name it cannot be exchanged by anybody. */
    private static final MayAct NOBODY = new MayAct(Optional.of("none"), Optional.of("none"), Optional.of("none"));

    private static final List<ProviderConfigProperty> PROPERTIES = properties();

    private static List<ProviderConfigProperty> properties() {
        List<ProviderConfigProperty> properties = new ArrayList<>(ProviderConfigurationBuilder.create()
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
                .add()
                .build());
        OIDCAttributeMapperHelper.addIncludeInTokensConfig(properties, McpMayActMapper.class);
        properties.removeIf(
                property -> OIDCAttributeMapperHelper.INCLUDE_IN_LIGHTWEIGHT_ACCESS_TOKEN.equals(property.getName()));
        return List.copyOf(properties);
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
    public String getDisplayCategory() {
        return TOKEN_MAPPER_CATEGORY;
    }

    @Override
    public String getHelpText() {
        return "Adds the may_act claim of RFC 8693: the client that may act for the user. Token exchange enforces it. No"
                + " other mapper can overwrite it.";
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return PROPERTIES;
    }

    @Override
    public void validateConfig(
            KeycloakSession session,
            RealmModel realm,
            ProtocolMapperContainerModel container,
            ProtocolMapperModel mapperModel)
            throws ProtocolMapperConfigException {
        if (configured(mapperModel, ACTOR).isEmpty()
                && configured(mapperModel, ACTOR_ATTRIBUTE).isEmpty()) {
            // Keycloak answers 500 to an exception without a message key.
            throw new ProtocolMapperConfigException(
                    ACTOR + " or " + ACTOR_ATTRIBUTE + " has to be set, or the mapper adds nothing", NOBODY_NAMED);
        }
    }

    // After the mappers of others, whose claim of the same name it replaces.
    @Override
    public int getPriority() {
        return McpActorMapper.LAST;
    }

    @Override
    public AccessToken transformAccessToken(
            AccessToken token,
            ProtocolMapperModel mappingModel,
            KeycloakSession session,
            UserSessionModel userSession,
            ClientSessionContext clientSessionCtx) {
        if (OIDCAttributeMapperHelper.includeInAccessToken(mappingModel)) {
            claim(mappingModel, userSession, session).ifPresent(claim -> {
                token.setOtherClaims(DelegationClaims.MAY_ACT, claim);
                DelegationState.of(session).mayAct(claim);
            });
        }
        return token;
    }

    // What was issued counts, not what the mapper would issue today.
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
        claim(mappingModel, userSession, session).ifPresent(claim -> {
            token.setOtherClaims(DelegationClaims.MAY_ACT, claim);
            McpRequest.of(session).vouch(DelegationClaims.MAY_ACT, claim);
        });
    }

    private static Optional<Map<String, Object>> claim(
            ProtocolMapperModel mapper, UserSessionModel userSession, KeycloakSession session) {
        UserModel user = userSession.getUser();
        // A machine acts for nobody, and nobody for it.
        if (user.getServiceAccountClientLink() != null) {
            return Optional.empty();
        }
        return configured(mapper, ACTOR)
                .or(() -> configured(mapper, ACTOR_ATTRIBUTE)
                        .flatMap(name -> KeycloakModelUtils.resolveAttribute(user, name, false).stream()
                                .filter(value -> !value.isBlank())
                                .findFirst()))
                .map(clientId -> {
                    ClientModel client = session.getContext().getRealm().getClientByClientId(clientId.trim());
                    return client == null ? NOBODY : MayAct.of(Actors.of(session, client));
                })
                .map(MayAct::toClaim);
    }

    private static Optional<String> configured(ProtocolMapperModel mapper, String key) {
        return Optional.ofNullable(mapper.getConfig().get(key)).filter(value -> !value.isBlank());
    }
}
