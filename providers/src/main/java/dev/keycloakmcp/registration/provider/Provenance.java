package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.policy.provider.ClientOrigin;
import dev.keycloakmcp.resource.McpAttributes;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.RealmModel;
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

    /**
     * The kind of registration whose rules apply to an MCP client: anonymous registration for a metadata document, in
     * realms that let MCP clients register.
     */
    public static Optional<RegistrationAuth> rulesOf(RealmModel realm, ClientModel client) {
        return of(client)
                .or(() -> ClientOrigin.isMetadataDocument(client) && RegistrationConfiguration.isPresent(realm)
                        ? Optional.of(RegistrationAuth.ANONYMOUS)
                        : Optional.empty());
    }
}
