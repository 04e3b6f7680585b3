package dev.keycloakmcp.machine;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * How an agent may authenticate (MCP extension {@code io.modelcontextprotocol/oauth-client-credentials}): by the method
 * it really used, with an assertion made for this authorization server, lately and for one use, or with a secret that is
 * not too old.
 *
 * @param allowedMethods names as in {@link ClientCredential#method()}
 * @param maxAssertionLifetimeSeconds longest time between {@code iat} and {@code exp}; without {@code iat}, from now
 * @param maxSecretAgeDays 0 for any age
 */
public record CredentialRule(Set<String> allowedMethods, int maxAssertionLifetimeSeconds, int maxSecretAgeDays) {

    private static final Pattern ASYMMETRIC = Pattern.compile("(RS|PS|ES)(256|384|512)|EdDSA|Ed25519|Ed448");
    private static final Pattern SYMMETRIC = Pattern.compile("HS(256|384|512)");

    /** How far the clocks of two machines may be apart. */
    private static final long CLOCK_SKEW_SECONDS = 60;

    private static final long SECONDS_OF_A_DAY = 24L * 60 * 60;

    public CredentialRule {
        allowedMethods = Set.copyOf(allowedMethods);
    }

    /**
     * Decides.
     *
     * @param authorizationServer what the audience of an assertion may be: the issuer and the token endpoint
     * @param now seconds since the epoch
     * @param firstUse whether an assertion was not used before; asked last, because asking uses it
     */
    public Decision<ClientCredential> decide(
            ClientCredential credential,
            Set<String> authorizationServer,
            long now,
            Predicate<ClientAssertion> firstUse) {
        if (credential.mechanisms() > 1) {
            return Decision.deny(
                    ReasonCode.CREDENTIAL_MULTIPLE,
                    "Authenticate in one way only: an Authorization header, a client_secret, or a client_assertion.");
        }
        if (!allowedMethods.contains(credential.method())) {
            return Decision.deny(
                    ReasonCode.CREDENTIAL_METHOD_NOT_ALLOWED,
                    "The authentication method " + credential.method() + " is not allowed for this client.");
        }
        return switch (credential.method()) {
            case ClientCredential.PRIVATE_KEY_JWT ->
                assertion(credential, ASYMMETRIC, authorizationServer, now, firstUse);
            case ClientCredential.CLIENT_SECRET_JWT ->
                assertion(credential, SYMMETRIC, authorizationServer, now, firstUse)
                        .then(checked -> secret(checked, now));
            default -> secret(credential, now);
        };
    }

    static boolean isAsymmetric(String algorithm) {
        return ASYMMETRIC.matcher(algorithm).matches();
    }

    static boolean isSymmetric(String algorithm) {
        return SYMMETRIC.matcher(algorithm).matches();
    }

    private Decision<ClientCredential> assertion(
            ClientCredential credential,
            Pattern algorithms,
            Set<String> authorizationServer,
            long now,
            Predicate<ClientAssertion> firstUse) {
        ClientAssertion assertion = credential.assertion();
        if (!algorithms.matcher(assertion.algorithm()).matches()) {
            return Decision.deny(
                    ReasonCode.ASSERTION_ALGORITHM_NOT_ALLOWED,
                    "The client assertion is not signed with an algorithm that fits the authentication method.");
        }
        if (assertion.audience().size() != 1
                || !authorizationServer.contains(assertion.audience().get(0))) {
            return Decision.deny(
                    ReasonCode.ASSERTION_AUDIENCE_MISMATCH,
                    "The audience of the client assertion must be the issuer of this authorization server and nothing"
                            + " else.");
        }
        if (assertion.expiresAt() > assertion.issuedAt().orElse(now) + maxAssertionLifetimeSeconds) {
            return Decision.deny(
                    ReasonCode.ASSERTION_LIFETIME_TOO_LONG,
                    "The client assertion may live for " + maxAssertionLifetimeSeconds + " seconds at most.");
        }
        if (!firstUse.test(assertion)) {
            return Decision.deny(
                    ReasonCode.ASSERTION_REPLAYED,
                    "The client assertion was used before; sign a new one for every request.");
        }
        return Decision.allow(credential);
    }

    private Decision<ClientCredential> secret(ClientCredential credential, long now) {
        if (maxSecretAgeDays == 0 || !credential.usesSecret()) {
            return Decision.allow(credential);
        }
        long createdAt = credential.secretCreatedAt().orElse(Long.MAX_VALUE);
        if (createdAt > now + CLOCK_SKEW_SECONDS) {
            return Decision.deny(
                    ReasonCode.SECRET_AGE_UNKNOWN,
                    "It is not known how old the client secret is; an administrator has to generate a new one.");
        }
        if (createdAt < now - maxSecretAgeDays * SECONDS_OF_A_DAY) {
            return Decision.deny(
                    ReasonCode.SECRET_TOO_OLD,
                    "The client secret is older than " + maxSecretAgeDays
                            + " days; an administrator has to generate a new one.");
        }
        return Decision.allow(credential);
    }
}
