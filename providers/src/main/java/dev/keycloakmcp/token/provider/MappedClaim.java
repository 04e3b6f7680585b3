package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.ProtectedClaims;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import java.util.Map;
import java.util.Optional;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.protocol.ProtocolMapper;
import org.keycloak.protocol.oidc.mappers.AbstractPairwiseSubMapper;
import org.keycloak.protocol.oidc.mappers.AcrProtocolMapper;
import org.keycloak.protocol.oidc.mappers.AmrProtocolMapper;
import org.keycloak.protocol.oidc.mappers.NonceBackwardsCompatibleMapper;
import org.keycloak.protocol.oidc.mappers.OIDCAttributeMapperHelper;
import org.keycloak.protocol.oidc.mappers.SessionStateMapper;
import org.keycloak.protocol.oidc.mappers.SubMapper;
import org.keycloak.representations.IDToken;
import org.keycloak.representations.JsonWebToken;
import org.keycloak.utils.JsonUtils;

/** The top-level claim that a protocol mapper writes, as far as its kind or its configuration tells. */
final class MappedClaim {

    /** Mappers whose claim is not configured. */
    private static final Map<String, String> OF_KIND = Map.of(
            SubMapper.PROVIDER_ID, JsonWebToken.SUBJECT,
            AcrProtocolMapper.PROVIDER_ID, IDToken.ACR,
            AmrProtocolMapper.PROVIDER_ID, OAuth2Constants.AUTHENTICATOR_METHOD_REFERENCE,
            NonceBackwardsCompatibleMapper.PROVIDER_ID, IDToken.NONCE,
            SessionStateMapper.PROVIDER_ID, IDToken.SESSION_STATE,
            DelegationClaims.ACTOR_MAPPER, DelegationClaims.ACT,
            DelegationClaims.MAY_ACT_MAPPER, DelegationClaims.MAY_ACT);

    private MappedClaim() {}

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
        return Optional.ofNullable(mapper.getConfig().get(OIDCAttributeMapperHelper.TOKEN_CLAIM_NAME))
                .flatMap(path -> JsonUtils.splitClaimPath(path).stream().findFirst());
    }

    private static boolean isPairwise(KeycloakSession session, ProtocolMapperModel mapper) {
        return mapper.getProtocolMapper().endsWith(AbstractPairwiseSubMapper.PROVIDER_ID_SUFFIX)
                || session.getKeycloakSessionFactory()
                                .getProviderFactory(ProtocolMapper.class, mapper.getProtocolMapper())
                        instanceof AbstractPairwiseSubMapper;
    }
}
