package dev.keycloakmcp.admin;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An agent as an administrator describes it.
 *
 * @param clientId of its client
 * @param resource URI of the MCP server that it may target
 * @param scopes names of the server's scopes that it may ask for
 * @param authMethod how it authenticates at the token endpoint (RFC 7591); absent where that stays as it is
 * @param jwksUri where its public keys are
 * @param jwks its public keys
 */
public record AgentRequest(
        String clientId,
        String resource,
        List<String> scopes,
        Optional<String> authMethod,
        Optional<String> jwksUri,
        Optional<Map<String, Object>> jwks) {

    /** Authentication by a signed assertion. */
    public static final String PRIVATE_KEY_JWT = "private_key_jwt";

    /** Authentication by a secret. */
    public static final String CLIENT_SECRET_BASIC = "client_secret_basic";

    public AgentRequest {
        scopes = List.copyOf(scopes);
    }

    /** True when it authenticates by a key. */
    public boolean byKey() {
        return authMethod.filter(PRIVATE_KEY_JWT::equals).isPresent();
    }

    /** True when it authenticates by a secret. */
    public boolean bySecret() {
        return authMethod.filter(CLIENT_SECRET_BASIC::equals).isPresent();
    }
}
