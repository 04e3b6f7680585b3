package dev.keycloakmcp.discovery.provider;

import dev.keycloakmcp.policy.RealmPolicies.Component;
import dev.keycloakmcp.policy.RealmPolicies.Policy;
import dev.keycloakmcp.policy.provider.McpRealm;
import java.util.Collection;
import java.util.stream.Stream;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oauth2.cimd.clientpolicy.condition.ClientIdUriSchemeConditionFactory;
import org.keycloak.protocol.oauth2.cimd.clientpolicy.executor.AbstractClientIdMetadataDocumentExecutorFactory;
import org.keycloak.protocol.oauth2.cimd.clientpolicy.executor.ClientIdMetadataDocumentExecutorFactory;

/**
 * The policies by which client id metadata documents work in a realm. Keycloak's feature alone takes none, and neither do
 * its executor and its condition until they name domains.
 */
final class MetadataDocumentPolicies {

    private MetadataDocumentPolicies() {}

    static boolean takeDocuments(KeycloakSession session, RealmModel realm) {
        return McpRealm.policies(session, realm).inForce(ClientIdMetadataDocumentExecutorFactory.PROVIDER_ID).stream()
                .filter(found ->
                        names(found.executor(), AbstractClientIdMetadataDocumentExecutorFactory.TRUSTED_DOMAINS))
                .anyMatch(found -> canMatch(found.policy()));
    }

    /** A policy never applies if its condition on client ids matches none. */
    private static boolean canMatch(Policy policy) {
        return policy.conditions().stream()
                .filter(condition -> ClientIdUriSchemeConditionFactory.PROVIDER_ID.equals(condition.providerId()))
                .allMatch(condition -> names(condition, ClientIdUriSchemeConditionFactory.CLIENT_ID_URI_SCHEME)
                        && names(condition, ClientIdUriSchemeConditionFactory.TRUSTED_DOMAINS));
    }

    /** True when a member holds at least one value that is not blank. */
    private static boolean names(Component component, String member) {
        Object value = component.value(member);
        Stream<?> values = value instanceof Collection<?> list ? list.stream() : Stream.ofNullable(value);
        return values.anyMatch(each -> each != null && !each.toString().isBlank());
    }
}
