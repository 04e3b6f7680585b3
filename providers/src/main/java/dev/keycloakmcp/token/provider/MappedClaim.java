package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.ProtectedClaims;
import dev.keycloakmcp.policy.RealmClaims;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.protocol.ProtocolMapper;
import org.keycloak.protocol.oidc.mappers.AbstractPairwiseSubMapper;
import org.keycloak.protocol.oidc.mappers.AcrProtocolMapper;
import org.keycloak.protocol.oidc.mappers.AmrProtocolMapper;
import org.keycloak.protocol.oidc.mappers.AudienceProtocolMapper;
import org.keycloak.protocol.oidc.mappers.NonceBackwardsCompatibleMapper;
import org.keycloak.protocol.oidc.mappers.OIDCAttributeMapperHelper;
import org.keycloak.protocol.oidc.mappers.SessionStateMapper;
import org.keycloak.protocol.oidc.mappers.SubMapper;
import org.keycloak.protocol.oidc.mappers.UserClientRoleMappingMapper;
import org.keycloak.protocol.oidc.mappers.UserRealmRoleMappingMapper;
import org.keycloak.representations.IDToken;
import org.keycloak.representations.JsonWebToken;
import org.keycloak.utils.JsonUtils;

/** The top-level claim that a protocol mapper writes, as far as its kind or its configuration tells. */
public final class MappedClaim {

    /** Mappers whose claim is not configured. */
    private static final Map<String, String> OF_KIND = Map.of(
            SubMapper.PROVIDER_ID, JsonWebToken.SUBJECT,
            AcrProtocolMapper.PROVIDER_ID, IDToken.ACR,
            AmrProtocolMapper.PROVIDER_ID, OAuth2Constants.AUTHENTICATOR_METHOD_REFERENCE,
            NonceBackwardsCompatibleMapper.PROVIDER_ID, IDToken.NONCE,
            SessionStateMapper.PROVIDER_ID, IDToken.SESSION_STATE,
            DelegationClaims.ACTOR_MAPPER, DelegationClaims.ACT,
            DelegationClaims.MAY_ACT_MAPPER, DelegationClaims.MAY_ACT);

    /** Mappers that write roles as they are. */
    private static final Set<String> OF_ROLES =
            Set.of(UserClientRoleMappingMapper.PROVIDER_ID, UserRealmRoleMappingMapper.PROVIDER_ID);

    /** Mappers whose claim is not configured and that say for whom a token is, who acts and who may. */
    private static final Map<String, String> ADMINISTRATORS = Map.of(
            AudienceProtocolMapper.PROVIDER_ID, JsonWebToken.AUD,
            DelegationClaims.ACTOR_MAPPER, DelegationClaims.ACT,
            DelegationClaims.MAY_ACT_MAPPER, DelegationClaims.MAY_ACT);

    private static final Set<String> ROLES = Set.of("realm_access", "resource_access");

    private static final int LONGEST = 255;
    private static final int MOST_TOLD = 40;

    private MappedClaim() {}

    /** The claim of a mapper that only administrators add. */
    public static Optional<String> administrators(ProtocolMapperModel mapper) {
        return Optional.ofNullable(mapper.getProtocolMapper())
                .map(ADMINISTRATORS::get)
                .or(() -> noClients(mapper));
    }

    /** True for a mapper that is configured to write a claim, or a member of it. */
    static boolean isConfigured(ProtocolMapperModel mapper, String claim) {
        return configured(mapper).filter(claim::equals).isPresent();
    }

    /** True for a mapper that is configured to write a claim that is Keycloak's. */
    static boolean isKeycloaks(ProtocolMapperModel mapper) {
        return configured(mapper).filter(RealmClaims::areKeycloaks).isPresent();
    }

    /** The claim that a mapper is configured to write and that no client that registered itself decides. */
    static Optional<String> noClients(ProtocolMapperModel mapper) {
        return tooLong(mapper).or(() -> configured(mapper)
                .filter(RealmClaims::areNoClients)
                .filter(claim -> !ROLES.contains(claim) || !isOfRoles(mapper)));
    }

    /** The beginning of a claim that is longer than anybody means: Keycloak's pattern for claims fails at such. */
    private static Optional<String> tooLong(ProtocolMapperModel mapper) {
        return path(mapper).filter(path -> path.length() > LONGEST).map(path -> path.substring(0, MOST_TOLD));
    }

    /** A request may hold mappers of no type. */
    private static boolean isOfRoles(ProtocolMapperModel mapper) {
        return mapper.getProtocolMapper() != null && OF_ROLES.contains(mapper.getProtocolMapper());
    }

    /** True when a mapper writes a claim that no narrowing takes away. */
    static boolean isProtected(KeycloakSession session, ProtocolMapperModel mapper) {
        return of(session, mapper).filter(ProtectedClaims::holds).isPresent();
    }

    /** True when a client scope has a mapper that writes such a claim. */
    static boolean isProtectedBy(KeycloakSession session, ClientScopeModel scope) {
        return scope.getProtocolMappersStream().anyMatch(mapper -> isProtected(session, mapper));
    }

    /** True when a client scope has a mapper that writes a claim. */
    static boolean isWrittenBy(KeycloakSession session, ClientScopeModel scope, String claim) {
        return scope.getProtocolMappersStream()
                .anyMatch(mapper -> of(session, mapper).filter(claim::equals).isPresent());
    }

    private static Optional<String> of(KeycloakSession session, ProtocolMapperModel mapper) {
        return Optional.ofNullable(OF_KIND.get(mapper.getProtocolMapper()))
                .or(() -> isPairwise(session, mapper) ? Optional.of(JsonWebToken.SUBJECT) : configured(mapper));
    }

    private static Optional<String> configured(ProtocolMapperModel mapper) {
        return path(mapper)
                .filter(path -> path.length() <= LONGEST)
                .flatMap(path -> JsonUtils.splitClaimPath(path).stream().findFirst());
    }

    private static Optional<String> path(ProtocolMapperModel mapper) {
        return Optional.ofNullable(mapper.getConfig())
                .map(config -> config.get(OIDCAttributeMapperHelper.TOKEN_CLAIM_NAME));
    }

    /** True for mappers that write a pairwise identifier as the subject (OpenID Connect Core 8.1). */
    static boolean isPairwise(KeycloakSession session, ProtocolMapperModel mapper) {
        return mapper.getProtocolMapper().endsWith(AbstractPairwiseSubMapper.PROVIDER_ID_SUFFIX)
                || session.getKeycloakSessionFactory()
                                .getProviderFactory(ProtocolMapper.class, mapper.getProtocolMapper())
                        instanceof AbstractPairwiseSubMapper;
    }
}
