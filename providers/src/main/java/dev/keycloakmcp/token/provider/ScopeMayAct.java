package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.provider.DelegationClaims;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.protocol.ProtocolMapper;
import org.keycloak.protocol.oidc.mappers.OIDCAttributeMapperHelper;
import org.keycloak.protocol.oidc.mappers.ParameterizedScopeMapper;
import org.keycloak.provider.ProviderFactory;

/**
 * The {@code may_act} claim of a granted scope with a parameter, such as {@code delegation:client:gateway}: the user was asked
 * whether that party may act. Keycloak writes it by mappers of the scope, each a member of the claim. Where there is none, other
 * mappers that administrators configured write it, and then it only restricts.
 */
final class ScopeMayAct {

    /** Names the scope for which a mapper of a client, rather than of a client scope, writes. */
    private static final String SCOPE_CONDITION = "scope.condition";

    /** Beginning of the ids of mappers that are scripts. */
    private static final String SCRIPT = "script-";

    /** Tells the mappers of which a claim only restricts; set on copies alone. */
    private static final String RESTRICTS = "mcp.restricts";

    private final KeycloakSession session;
    private final List<ClientScopeModel> parameterized;
    private final boolean machine;

    /**
     * The scopes with a parameter that are granted.
     *
     * @param full the context with all scopes that are granted
     */
    private ScopeMayAct(KeycloakSession session, ClientSessionContext full) {
        this.session = session;
        this.parameterized = full.getClientScopesStream()
                .filter(scope -> Boolean.parseBoolean(scope.getAttribute(ClientScopeModel.IS_PARAMETERIZED_SCOPE)))
                .toList();
        this.machine = full.getClientSession().getUserSession().getUser().getServiceAccountClientLink() != null;
    }

    /**
     * Mappers without those that may not say who may act; those that may come last.
     *
     * @param full the context with all scopes that are granted
     */
    static List<ProtocolMapperModel> settle(
            KeycloakSession session, ClientSessionContext full, List<ProtocolMapperModel> mappers) {
        if (mappers.stream().noneMatch(ScopeMayAct::isWrittenBy)) {
            return mappers;
        }
        ScopeMayAct granted = new ScopeMayAct(session, full);
        List<ProtocolMapperModel> writing =
                mappers.stream().filter(ScopeMayAct::isWrittenBy).toList();
        List<ProtocolMapperModel> permitting =
                writing.stream().filter(granted::isSaidBy).toList();
        return Stream.of(
                        mappers.stream().filter(mapper -> !isWrittenBy(mapper)),
                        permitting.stream().map(mapper -> inEveryToken(mapper, Map.of())),
                        permitting.isEmpty() && !granted.machine
                                ? writing.stream().map(mapper -> inEveryToken(mapper, Map.of(RESTRICTS, "true")))
                                : Stream.<ProtocolMapperModel>empty())
                .flatMap(Function.identity())
                .toList();
    }

    /** True for a settled mapper whose claim restricts and permits nothing. */
    static boolean restricts(ProtocolMapperModel mapper) {
        return isWrittenBy(mapper) && mapper.getConfig().containsKey(RESTRICTS);
    }

    /** True for a mapper, other than this extension's, that is configured to say who may act. */
    static boolean isWrittenBy(ProtocolMapperModel mapper) {
        return MappedClaim.isConfigured(mapper, DelegationClaims.MAY_ACT);
    }

    /** True for a mapper of Keycloak, and no script, that says it for one of the scopes. */
    private boolean isSaidBy(ProtocolMapperModel mapper) {
        @Nullable ProviderFactory<ProtocolMapper> factory = session.getKeycloakSessionFactory()
                .getProviderFactory(ProtocolMapper.class, mapper.getProtocolMapper());
        String condition = mapper.getConfig().get(SCOPE_CONDITION);
        boolean keycloaks = factory != null
                && factory.getClass().getName().startsWith("org.keycloak.")
                && !mapper.getProtocolMapper().startsWith(SCRIPT);
        return parameterized.stream()
                .anyMatch(scope -> scope.getProtocolMapperById(mapper.getId()) != null
                        ? keycloaks || factory instanceof ParameterizedScopeMapper
                        : factory instanceof ParameterizedScopeMapper
                                && scope.getName().equals(condition));
    }

    /** The mapper, for lightweight tokens, too: a token that left the claim out could be exchanged by anybody. */
    private static ProtocolMapperModel inEveryToken(ProtocolMapperModel mapper, Map<String, String> more) {
        Map<String, String> config = new HashMap<>(mapper.getConfig());
        config.keySet().remove(RESTRICTS);
        config.putAll(more);
        config.put(OIDCAttributeMapperHelper.INCLUDE_IN_LIGHTWEIGHT_ACCESS_TOKEN, Boolean.TRUE.toString());
        ProtocolMapperModel everywhere = new ProtocolMapperModel();
        everywhere.setId(mapper.getId());
        everywhere.setName(mapper.getName());
        everywhere.setProtocol(mapper.getProtocol());
        everywhere.setProtocolMapper(mapper.getProtocolMapper());
        everywhere.setConfig(config);
        return everywhere;
    }
}
