package dev.keycloakmcp.machine;

import java.util.OptionalLong;
import java.util.Set;

/**
 * The credential by which a client proved its identity in one request.
 *
 * @param method the authentication method that was used (RFC 8414 {@code token_endpoint_auth_methods_supported}); the id
 *     of Keycloak's authenticator where it has no registered name
 * @param mechanisms how many ways to authenticate the request carried: an Authorization header, a secret, an assertion
 * @param assertion the assertion, for the methods that use one
 * @param secretCreatedAt when the secret was made, seconds since the epoch; absent where Keycloak does not know
 */
public record ClientCredential(String method, int mechanisms, ClientAssertion assertion, OptionalLong secretCreatedAt) {

    static final String PRIVATE_KEY_JWT = "private_key_jwt";
    static final String CLIENT_SECRET_JWT = "client_secret_jwt";
    private static final Set<String> WITH_SECRET =
            Set.of("client_secret_basic", "client_secret_post", CLIENT_SECRET_JWT);

    boolean usesSecret() {
        return WITH_SECRET.contains(method);
    }
}
