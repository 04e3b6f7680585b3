package dev.keycloakmcp.discovery.provider;

import dev.keycloakmcp.machine.AcceptedMethods;
import dev.keycloakmcp.machine.provider.McpMachinePolicies;
import dev.keycloakmcp.registration.AuthMethod;
import dev.keycloakmcp.registration.provider.McpRegistration;
import jakarta.ws.rs.NotFoundException;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oauth2.cimd.clientpolicy.executor.ClientIdMetadataDocumentExecutorFactory;
import org.keycloak.protocol.oidc.representations.MTLSEndpointAliases;
import org.keycloak.protocol.oidc.representations.OIDCConfigurationRepresentation;
import org.keycloak.representations.idm.ClientPoliciesRepresentation;
import org.keycloak.representations.idm.ClientPolicyRepresentation;
import org.keycloak.representations.idm.ClientProfilesRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyException;
import org.keycloak.wellknown.WellKnownProvider;

/**
 * Keycloak's own document, made true and usable for MCP clients where the realm lets them register,
 * and for agents where a policy says how they may authenticate.
 */
final class McpMetadata implements WellKnownProvider {

    private static final String INSERTED = "/.well-known/";

    private final KeycloakSession session;
    private final String keycloaksProvider;
    private final boolean keycloakHasInsertedPath;

    /**
     * A document.
     *
     * @param keycloaksProvider id of Keycloak's provider of the same document
     * @param keycloakHasInsertedPath whether Keycloak itself serves it at {@code /.well-known/<alias>/realms/<realm>}
     */
    McpMetadata(KeycloakSession session, String keycloaksProvider, boolean keycloakHasInsertedPath) {
        this.session = session;
        this.keycloaksProvider = keycloaksProvider;
        this.keycloakHasInsertedPath = keycloakHasInsertedPath;
    }

    @Override
    public Object getConfig() {
        RealmModel realm = session.getContext().getRealm();
        Optional<McpRegistration> registration = McpRegistration.of(session);
        if (registration.isEmpty() && !keycloakHasInsertedPath && isInsertedPath()) {
            throw new NotFoundException();
        }
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
        if (Boolean.TRUE.equals(document.getClientIdMetadataDocumentSupported()) && !takesMetadataDocuments(realm)) {
            document.setClientIdMetadataDocumentSupported(null);
        }
    }

    /** The feature alone does nothing: an enabled client policy has to bring its executor. */
    private boolean takesMetadataDocuments(RealmModel realm) {
        try {
            ClientProfilesRepresentation profiles = session.clientPolicy().getClientProfiles(realm, true);
            List<String> able = Stream.of(profiles.getProfiles(), profiles.getGlobalProfiles())
                    .flatMap(list -> Optional.ofNullable(list).orElse(List.of()).stream())
                    .filter(profile -> Optional.ofNullable(profile.getExecutors()).orElse(List.of()).stream()
                            .anyMatch(executor -> ClientIdMetadataDocumentExecutorFactory.PROVIDER_ID.equals(
                                    executor.getExecutorProviderId())))
                    .map(profile -> profile.getName())
                    .toList();
            ClientPoliciesRepresentation policies = session.clientPolicy().getClientPolicies(realm, true);
            return Stream.of(policies.getPolicies(), policies.getGlobalPolicies())
                    .flatMap(list -> Optional.ofNullable(list).orElse(List.of()).stream())
                    .filter(ClientPolicyRepresentation::isEnabled)
                    .flatMap(policy -> Optional.ofNullable(policy.getProfiles()).orElse(List.of()).stream())
                    .anyMatch(able::contains);
        } catch (ClientPolicyException e) {
            return false; // policies that cannot be read make nothing work
        }
    }

    private boolean isInsertedPath() {
        String base = session.getContext().getUri().getBaseUri().getPath();
        String path = session.getContext().getUri().getRequestUri().getPath();
        return path.startsWith((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + INSERTED);
    }

    @Override
    public void close() {}
}
