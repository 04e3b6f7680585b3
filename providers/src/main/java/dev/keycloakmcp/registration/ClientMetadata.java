package dev.keycloakmcp.registration;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The members of a registration request that this server understands (RFC 7591 section 2, RFC 7592 section 2.2), well
 * typed and within the size limits, before any policy. An absent member, a null and an empty value are the same.
 *
 * @param redirectUris as sent, without repetitions
 * @param grantTypes empty where not sent
 * @param responseTypes empty where not sent
 * @param authMethod {@code token_endpoint_auth_method}
 * @param dpopBoundAccessTokens RFC 9449 5.2
 * @param scopes single scopes, from a string or, as some clients send it, an array
 * @param description links to show to people that are no https URLs left out, else as sent
 * @param jwks public keys as a JSON Web Key Set
 * @param clientId only in updates
 * @param clientSecret only in updates
 */
public record ClientMetadata(
        Optional<String> clientName,
        List<String> redirectUris,
        List<String> grantTypes,
        List<String> responseTypes,
        Optional<String> authMethod,
        boolean dpopBoundAccessTokens,
        List<String> scopes,
        SoftwareDescription description,
        Optional<String> jwksUri,
        Optional<Map<String, Object>> jwks,
        Optional<String> clientId,
        Optional<String> clientSecret) {

    /** The same, where the client left it to the server how it authenticates. */
    public ClientMetadata withoutAuthMethod() {
        return with(redirectUris, Optional.empty());
    }

    /** The same with a method. */
    ClientMetadata withAuthMethod(String method) {
        return with(redirectUris, Optional.of(method));
    }

    /** The same with other redirect URIs. */
    ClientMetadata withRedirectUris(List<String> others) {
        return with(others, authMethod);
    }

    private ClientMetadata with(List<String> redirects, Optional<String> method) {
        return new ClientMetadata(
                clientName,
                redirects,
                grantTypes,
                responseTypes,
                method,
                dpopBoundAccessTokens,
                scopes,
                description,
                jwksUri,
                jwks,
                clientId,
                clientSecret);
    }
}
