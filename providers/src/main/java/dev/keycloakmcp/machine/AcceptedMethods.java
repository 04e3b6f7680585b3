package dev.keycloakmcp.machine;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * The authentication methods that authorization server metadata may announce where a policy restricts how agents authenticate (RFC 8414 section 2).
 *
 * @param methods what the policies accept
 */
public record AcceptedMethods(Set<String> methods) {

    private static final String PUBLIC_CLIENTS = "none";

    public AcceptedMethods {
        methods = Set.copyOf(methods);
    }

    /** Of {@code token_endpoint_auth_methods_supported} what is accepted; public clients are not agents, and stay. */
    public List<String> methodsAmong(Collection<String> supported) {
        return supported.stream()
                .filter(method -> PUBLIC_CLIENTS.equals(method) || methods.contains(method))
                .toList();
    }

    /** Of {@code token_endpoint_auth_signing_alg_values_supported} what fits the methods that sign. */
    public List<String> algorithmsAmong(Collection<String> supported) {
        return supported.stream()
                .filter(algorithm -> accepts(ClientCredential.PRIVATE_KEY_JWT) && CredentialRule.isAsymmetric(algorithm)
                        || accepts(ClientCredential.CLIENT_SECRET_JWT) && CredentialRule.isSymmetric(algorithm))
                .toList();
    }

    private boolean accepts(String method) {
        return methods.contains(method);
    }
}
