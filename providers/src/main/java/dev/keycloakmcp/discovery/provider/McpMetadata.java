package dev.keycloakmcp.discovery.provider;

import dev.keycloakmcp.machine.AcceptedMethods;
import dev.keycloakmcp.machine.provider.McpMachinePolicies;
import dev.keycloakmcp.registration.AuthMethod;
import dev.keycloakmcp.registration.provider.McpRegistration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oidc.representations.MTLSEndpointAliases;
import org.keycloak.protocol.oidc.representations.OIDCConfigurationRepresentation;
import org.keycloak.wellknown.WellKnownProvider;

/**
 * Keycloak's own document, made true and usable for MCP clients where the realm lets them register,
 * and for agents where a policy says how they may authenticate.
 */
final class McpMetadata implements WellKnownProvider {

    private final KeycloakSession session;
    private final String keycloaksProvider;

    /**
     * A document.
     *
     * @param keycloaksProvider id of Keycloak's provider of the same document
     */
    McpMetadata(KeycloakSession session, String keycloaksProvider) {
        this.session = session;
        this.keycloaksProvider = keycloaksProvider;
    }

    @Override
    public Object getConfig() {
        RealmModel realm = session.getContext().getRealm();
        Optional<McpRegistration> registration = McpRegistration.of(session);
        Object config =
                session.getProvider(WellKnownProvider.class, keycloaksProvider).getConfig();
        if (config instanceof OIDCConfigurationRepresentation document) {
            McpMachinePolicies.acceptedMethods(session, realm).ifPresent(accepted -> restrict(document, accepted));
            registration.ifPresent(open -> complete(document, open, realm));
        }
        return config;
    }

    /** Says only what a policy of the realm would accept. */
    private static void restrict(OIDCConfigurationRepresentation document, AcceptedMethods accepted) {
        document.setTokenEndpointAuthMethodsSupported(
                accepted.methodsAmong(Optional.ofNullable(document.getTokenEndpointAuthMethodsSupported())
                        .orElse(List.of())));
        List<String> algorithms =
                accepted.algorithmsAmong(Optional.ofNullable(document.getTokenEndpointAuthSigningAlgValuesSupported())
                        .orElse(List.of()));
        document.setTokenEndpointAuthSigningAlgValuesSupported(algorithms.isEmpty() ? null : algorithms);
    }

    private void complete(OIDCConfigurationRepresentation document, McpRegistration registration, RealmModel realm) {
        document.setRegistrationEndpoint(registration.endpoint().toString());
        @Nullable MTLSEndpointAliases aliases = document.getMtlsEndpointAliases();
        if (aliases != null) {
            aliases.setRegistrationEndpoint(registration.endpoint().toString());
        }
        document.setScopesSupported(
                Stream.concat(Stream.of(OAuth2Constants.SCOPE_OPENID), new TreeSet<>(registration.scopes()).stream())
                        .distinct()
                        .toList());
        document.setCodeChallengeMethodsSupported(List.of(OAuth2Constants.PKCE_METHOD_S256));
        document.setTokenEndpointAuthMethodsSupported(Stream.concat(
                        Optional.ofNullable(document.getTokenEndpointAuthMethodsSupported()).orElse(List.of()).stream(),
                        Stream.of(AuthMethod.NONE.value()))
                .distinct()
                .toList());
        if (Boolean.TRUE.equals(document.getClientIdMetadataDocumentSupported())
                && !MetadataDocumentPolicies.takeDocuments(session, realm)) {
            document.setClientIdMetadataDocumentSupported(null);
        }
    }

    @Override
    public void close() {}
}
