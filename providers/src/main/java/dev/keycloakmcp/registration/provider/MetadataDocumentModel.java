package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.registration.RedirectUriRule;
import dev.keycloakmcp.registration.Registration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.CibaConfig;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.OAuth2DeviceConfig;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oidc.OIDCConfigAttributes;

/**
 * A client from a client id metadata document. Keycloak stores what the document says, and stores it again whenever it
 * changes; whatever that is, the client can do what registered clients can, and nothing else.
 */
final class MetadataDocumentModel extends RegisteredClientModel {

    private static final String OFF = Boolean.FALSE.toString();

    private static final Map<String, String> NARROWED = Map.of(
            CibaConfig.OIDC_CIBA_GRANT_ENABLED, OFF,
            OIDCConfigAttributes.STANDARD_TOKEN_EXCHANGE_ENABLED, OFF,
            OIDCConfigAttributes.JWT_AUTHORIZATION_GRANT_ENABLED, OFF);

    /** Knows what a redirect URI must not hold; where it may lead is a matter of the policy that took the document. */
    private static final RedirectUriRule WELL_FORMED = new RedirectUriRule(true, List.of(), Set.of());

    /** Keycloak's word for the origins of the redirect URIs. */
    private static final Set<String> ORIGINS_OF_REDIRECTS = Set.of("+");

    MetadataDocumentModel(KeycloakSession session, RealmModel realm, ClientModel client) {
        super(session, realm, client);
    }

    @Override
    public @Nullable String getAttribute(String name) {
        return switch (name) {
            case OIDCConfigAttributes.PKCE_CODE_CHALLENGE_METHOD ->
                isAskedByDevice() ? null : OAuth2Constants.PKCE_METHOD_S256;
            case OAuth2DeviceConfig.OAUTH2_DEVICE_AUTHORIZATION_GRANT_ENABLED ->
                policy().filter(allowed -> allowed.allowedGrantTypes().contains(Registration.DEVICE_CODE))
                                .isPresent()
                        ? super.getAttribute(name)
                        : OFF;
            default -> {
                @Nullable String narrowed = NARROWED.get(name);
                yield narrowed == null ? super.getAttribute(name) : narrowed;
            }
        };
    }

    @Override
    public Set<String> getRedirectUris() {
        return super.getRedirectUris().stream()
                .filter(MetadataDocumentModel::isWellFormed)
                .collect(Collectors.toSet());
    }

    private static boolean isWellFormed(String uri) {
        return WELL_FORMED.decide(uri).reason() != ReasonCode.REDIRECT_URI_MALFORMED;
    }

    /** So that clients that run in browsers get tokens. */
    @Override
    Set<String> storedWebOrigins() {
        return ORIGINS_OF_REDIRECTS;
    }

    /** The document's {@code client_uri}, which is no link of Keycloak's own pages. */
    @Override
    public @Nullable String getBaseUrl() {
        return null;
    }

    @Override
    public boolean isConsentRequired() {
        return true;
    }

    @Override
    public boolean isFullScopeAllowed() {
        return false;
    }

    @Override
    public boolean isImplicitFlowEnabled() {
        return false;
    }

    @Override
    public boolean isDirectAccessGrantsEnabled() {
        return false;
    }

    @Override
    public boolean isServiceAccountsEnabled() {
        return false;
    }
}
