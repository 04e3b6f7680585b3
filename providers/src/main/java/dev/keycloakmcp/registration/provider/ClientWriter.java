package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.registration.RedirectUri;
import dev.keycloakmcp.registration.Registration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.authentication.authenticators.client.JWTClientAuthenticator;
import org.keycloak.common.Profile;
import org.keycloak.jose.jwk.JSONWebKeySet;
import org.keycloak.jose.jwk.JWK;
import org.keycloak.models.ClientSecretConstants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.OIDCConfigAttributes;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.oidc.OIDCClientRepresentation;
import org.keycloak.services.clientregistration.ClientRegistrationException;
import org.keycloak.services.clientregistration.oidc.DescriptionConverter;
import org.keycloak.util.JWKSUtils;
import org.keycloak.util.JsonSerialization;

/** Turns an admitted registration into Keycloak's client: what it may do, and explicitly nothing else. */
final class ClientWriter {

    /** Attributes that a registration owns: an update that does not name them takes them away. */
    private static final List<String> OWNED = List.of(
            OIDCConfigAttributes.JWKS_URL,
            OIDCConfigAttributes.USE_JWKS_URL,
            OIDCConfigAttributes.JWKS_STRING,
            OIDCConfigAttributes.USE_JWKS_STRING,
            JWTClientAuthenticator.CERTIFICATE_ATTR,
            JWTClientAuthenticator.ATTR_PREFIX + ".public.key",
            JWTClientAuthenticator.ATTR_PREFIX + ".kid",
            ClientSecretConstants.CLIENT_SECRET_AUTHENTICATION_ALLOWED_METHOD,
            OIDCConfigAttributes.DPOP_BOUND_ACCESS_TOKENS,
            OIDCConfigAttributes.LOGO_URI,
            OIDCConfigAttributes.TOS_URI,
            OIDCConfigAttributes.POLICY_URI);

    private final KeycloakSession session;

    ClientWriter(KeycloakSession session) {
        this.session = session;
    }

    /** The client in Keycloak's representation, without an id. */
    Decision<ClientRepresentation> write(Registration registration) {
        OIDCClientRepresentation metadata = new OIDCClientRepresentation();
        metadata.setClientName(registration.name().orElse(""));
        metadata.setRedirectUris(registration.redirectUris().stream()
                .map(RedirectUri::stored)
                .distinct()
                .toList());
        metadata.setGrantTypes(registration.grantTypes());
        metadata.setResponseTypes(List.of(Registration.CODE));
        metadata.setTokenEndpointAuthMethod(authMethod(registration));
        if (registration.dpopBound() && Profile.isFeatureEnabled(Profile.Feature.DPOP)) {
            metadata.setDpopBoundAccessTokens(true);
        }
        metadata.setLogoUri(registration.description().logoUri().orElse(null));
        metadata.setTosUri(registration.description().tosUri().orElse(null));
        metadata.setPolicyUri(registration.description().policyUri().orElse(null));
        metadata.setJwksUri(registration.keys().jwksUri().orElse(null));
        Optional<JSONWebKeySet> keys = registration
                .keys()
                .jwks()
                .map(jwks -> JsonSerialization.mapper.convertValue(jwks, JSONWebKeySet.class));
        if (keys.isPresent() && !areLoadable(keys.get())) {
            return refuseKeys("a key in jwks cannot be read; check its parameters (RFC 7518 section 6)");
        }
        metadata.setJwks(keys.orElse(null));
        try {
            return Decision.allow(limit(DescriptionConverter.toInternal(session, metadata), registration));
        } catch (ClientRegistrationException e) {
            return refuseKeys("no key in jwks can be used for signatures");
        }
    }

    /** Without a name, Keycloak takes the secret by Basic and by post. */
    private static @Nullable String authMethod(Registration registration) {
        boolean either =
                !registration.heldToMethod() && !registration.authMethod().isPublic();
        return either ? null : registration.authMethod().value();
    }

    private static ClientRepresentation limit(ClientRepresentation client, Registration registration) {
        client.setEnabled(true);
        client.setBearerOnly(false);
        client.setStandardFlowEnabled(true);
        client.setImplicitFlowEnabled(false);
        client.setDirectAccessGrantsEnabled(false);
        client.setServiceAccountsEnabled(false);
        client.setAuthorizationServicesEnabled(false);
        client.setFullScopeAllowed(false);
        client.setFrontchannelLogout(false);
        client.setConsentRequired(registration.consentRequired());
        client.setWebOrigins(registration.redirectUris().stream()
                .map(RedirectUri::origin)
                .flatMap(Optional::stream)
                .distinct()
                .toList());
        client.setDefaultClientScopes(List.copyOf(registration.scopes().defaults()));
        client.setOptionalClientScopes(List.of()); // they follow the realm, see RegisteredClientScopes
        Map<String, String> attributes = new HashMap<>(client.getAttributes());
        OWNED.forEach(name -> attributes.putIfAbsent(name, ""));
        attributes.put(OIDCConfigAttributes.PKCE_CODE_CHALLENGE_METHOD, OAuth2Constants.PKCE_METHOD_S256);
        attributes.put(OIDCConfigAttributes.USE_REFRESH_TOKEN, Boolean.toString(registration.refreshes()));
        attributes.put(StoredMetadata.ATTRIBUTE, StoredMetadata.of(registration).toJson());
        client.setAttributes(attributes);
        return client;
    }

    /** Keycloak passes over keys that it cannot load. */
    private static boolean areLoadable(JSONWebKeySet keys) {
        return Stream.of(JWK.Use.SIG, JWK.Use.ENCRYPTION)
                        .mapToInt(use -> JWKSUtils.getKeyWrappersForUse(keys, use)
                                .getKeys()
                                .size())
                        .sum()
                == keys.getKeys().length;
    }

    private static Decision<ClientRepresentation> refuseKeys(String detail) {
        return Decision.deny(ReasonCode.CLIENT_KEYS_NOT_ALLOWED, detail);
    }
}
