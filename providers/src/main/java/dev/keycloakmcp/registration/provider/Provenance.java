package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.resource.McpAttributes;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oauth2.cimd.provider.AbstractPersistentClientIdMetadataDocumentProvider;
import org.keycloak.services.clientregistration.policy.RegistrationAuth;

/** The way a client registered, as its attribute {@code mcp.registration} says. */
public final class Provenance {

    private static final String PREFIX = "dcr-";

    private Provenance() {}

    static String value(RegistrationAuth kind) {
        return PREFIX + kind.name().toLowerCase(Locale.ROOT);
    }

    /** Empty for clients that did not register at the {@code mcp} endpoint. */
    public static Optional<RegistrationAuth> of(@Nullable ClientModel client) {
        return of(client == null ? null : client.getAttribute(McpAttributes.REGISTRATION));
    }

    static Optional<RegistrationAuth> of(@Nullable String value) {
        return Arrays.stream(RegistrationAuth.values())
                .filter(kind -> value(kind).equals(value))
                .findFirst();
    }

    /** True when a client came from a client id metadata document (CIMD). */
    public static boolean isMetadataDocument(ClientModel client) {
        return client.getAttribute(AbstractPersistentClientIdMetadataDocumentProvider.CIMD_CACHE_EXPIRY_TIME_IN_SEC)
                != null;
    }

    /**
     * True when a client tells of itself what people read of it. Keycloak gives who registers at an endpoint of its own, or is
     * let by an administrator, a token by which the client changes itself.
     */
    public static boolean isSelfDeclared(ClientModel client) {
        return of(client).isPresent() || isMetadataDocument(client) || client.getRegistrationToken() != null;
    }

    /**
     * The kind of registration whose rules apply to an MCP client: anonymous registration for a metadata document, in
     * realms that let MCP clients register.
     */
    public static Optional<RegistrationAuth> rulesOf(RealmModel realm, ClientModel client) {
        return of(client)
                .or(() -> isMetadataDocument(client) && RegistrationConfiguration.isPresent(realm)
                        ? Optional.of(RegistrationAuth.ANONYMOUS)
                        : Optional.empty());
    }
}
