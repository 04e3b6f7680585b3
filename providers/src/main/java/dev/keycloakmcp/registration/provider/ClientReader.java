package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.registration.AuthMethod;
import dev.keycloakmcp.registration.RedirectUri;
import dev.keycloakmcp.registration.Registration;
import dev.keycloakmcp.resource.McpAttributes;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.keycloak.authentication.authenticators.client.ClientIdAndSecretAuthenticator;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientSecretConstants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.utils.ModelToRepresentation;
import org.keycloak.protocol.oidc.OIDCAdvancedConfigWrapper;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.oidc.OIDCClientRepresentation;
import org.keycloak.services.clientregistration.oidc.DescriptionConverter;
import org.keycloak.utils.StringUtil;

/** Describes a client as RFC 7591 3.2.1 and RFC 7592 3 answer: what is stored, as it is stored. */
final class ClientReader {

    static final String REDIRECT_URIS = "redirect_uris";

    private static final String OPENID = "openid";

    private final KeycloakSession session;

    ClientReader(KeycloakSession session) {
        this.session = session;
    }

    Map<String, Object> read(ClientModel client, URI registrationClientUri) {
        StoredMetadata stored = StoredMetadata.of(client);
        ClientRepresentation representation = ModelToRepresentation.toRepresentation(client, session);
        representation.setSecret(client.getSecret());
        OIDCClientRepresentation known =
                DescriptionConverter.toExternalResponse(session, representation, registrationClientUri);
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("client_id", client.getClientId());
        put(members, "client_id_issued_at", number(client.getAttribute(McpAttributes.REGISTERED_AT)));
        if (!client.isPublicClient() && known.getClientSecret() != null) {
            members.put("client_secret", known.getClientSecret());
            Long expires = known.getClientSecretExpiresAt() == null
                    ? Long.valueOf(0)
                    : Long.valueOf(known.getClientSecretExpiresAt().longValue());
            members.put("client_secret_expires_at", expires);
        }
        put(members, "client_name", client.getName());
        members.put(REDIRECT_URIS, redirectUris(client, stored));
        members.put("grant_types", grantTypes(client));
        members.put("response_types", List.of(Registration.CODE));
        put(members, "token_endpoint_auth_method", authMethod(client, known));
        put(members, "scope", scope(client, stored));
        put(members, "application_type", stored.applicationType());
        put(members, "client_uri", stored.clientUri());
        put(members, "logo_uri", known.getLogoUri());
        put(members, "tos_uri", known.getTosUri());
        put(members, "policy_uri", known.getPolicyUri());
        put(members, "contacts", stored.contacts());
        put(members, "dpop_bound_access_tokens", Boolean.TRUE.equals(known.getDpopBoundAccessTokens()) ? true : null);
        put(members, "jwks_uri", known.getJwksUri());
        put(members, "jwks", known.getJwks());
        put(members, "software_id", stored.softwareId());
        put(members, "software_version", stored.softwareVersion());
        members.put("registration_client_uri", registrationClientUri.toString());
        return members;
    }

    /** A client that may use its secret either way is told of one, the default (RFC 7591 2). */
    private static @Nullable String authMethod(ClientModel client, OIDCClientRepresentation known) {
        return isFree(client) ? AuthMethod.CLIENT_SECRET_BASIC.value() : known.getTokenEndpointAuthMethod();
    }

    /** True when a client may use its secret by Basic and by post. */
    static boolean isFree(ClientModel client) {
        return !client.isPublicClient()
                && ClientIdAndSecretAuthenticator.PROVIDER_ID.equals(client.getClientAuthenticatorType())
                && StringUtil.isBlank(
                        client.getAttribute(ClientSecretConstants.CLIENT_SECRET_AUTHENTICATION_ALLOWED_METHOD));
    }

    /** As registered, with their ports, unless an administrator changed them. */
    private static List<String> redirectUris(ClientModel client, StoredMetadata stored) {
        Set<String> compared =
                stored.redirects().stream().map(RedirectUri::compared).collect(Collectors.toSet());
        return compared.equals(client.getRedirectUris())
                ? stored.redirects()
                : List.copyOf(new TreeSet<>(client.getRedirectUris()));
    }

    private static List<String> grantTypes(ClientModel client) {
        List<String> grantTypes = new ArrayList<>();
        if (client.isStandardFlowEnabled()) {
            grantTypes.add(Registration.AUTHORIZATION_CODE);
        }
        if (OIDCAdvancedConfigWrapper.fromClientModel(client).isUseRefreshToken()) {
            grantTypes.add(Registration.REFRESH_TOKEN);
        }
        if (client.getRealm().getOAuth2DeviceConfig().isOAuth2DeviceAuthorizationGrantEnabled(client)) {
            grantTypes.add(Registration.DEVICE_CODE);
        }
        return grantTypes;
    }

    /** Those of the requested scopes that the client has, or all that it may ask for. */
    private static String scope(ClientModel client, StoredMetadata stored) {
        Set<String> optional = new TreeSet<>(client.getClientScopes(false).keySet());
        if (stored.requestedScopes().isEmpty()) {
            return String.join(" ", optional);
        }
        Set<String> byDefault = client.getClientScopes(true).keySet();
        return stored.requestedScopes().stream()
                .filter(scope -> OPENID.equals(scope) || optional.contains(scope) || byDefault.contains(scope))
                .collect(Collectors.joining(" "));
    }

    private static @Nullable Long number(@Nullable String value) {
        return value != null && value.matches("[0-9]{1,18}") ? Long.valueOf(value) : null;
    }

    private static void put(Map<String, Object> members, String name, @Nullable Object value) {
        boolean absent = value == null
                || value instanceof String text && StringUtil.isBlank(text)
                || value instanceof List<?> list && list.isEmpty();
        if (!absent && value != null) {
            members.put(name, value);
        }
    }
}
