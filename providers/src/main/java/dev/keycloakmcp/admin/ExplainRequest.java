package dev.keycloakmcp.admin;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A request that is to be explained.
 *
 * @param client client id of the client that would send it
 * @param user username or id of the person; absent for machines
 * @param scope the scope parameter
 * @param resource the resource parameter
 * @param chain client ids of who acted before an exchange, oldest first
 * @param enforced true where policies that only report are to be taken as enforced
 */
public record ExplainRequest(
        Grant grant,
        String client,
        Optional<String> user,
        Optional<String> scope,
        Optional<String> resource,
        List<String> chain,
        boolean enforced) {

    /** The grants that can be explained. */
    public enum Grant {
        AUTHORIZATION_CODE("authorization_code"),
        REFRESH_TOKEN("refresh_token"),
        CLIENT_CREDENTIALS("client_credentials"),
        TOKEN_EXCHANGE("token_exchange");

        private final String value;

        Grant(String value) {
            this.value = value;
        }

        /** The grant of that name. */
        public static Optional<Grant> of(String name) {
            return Arrays.stream(values())
                    .filter(grant -> grant.value.equals(name))
                    .findFirst();
        }

        /** True for those that need a person who signs in. */
        public boolean isSignIn() {
            return this == AUTHORIZATION_CODE || this == REFRESH_TOKEN;
        }

        /** True for the grant of which the client itself is the subject. */
        boolean isMachine() {
            return this == CLIENT_CREDENTIALS;
        }
    }

    public ExplainRequest {
        chain = List.copyOf(chain);
    }

    /** The fault of it; empty where it can be explained. */
    public Optional<String> problem() {
        if (grant.isMachine() && user.isPresent()) {
            return Optional.of("user is not for client_credentials, whose subject is the client");
        }
        if (!grant.isMachine() && user.isEmpty()) {
            return Optional.of("user is missing");
        }
        return grant != Grant.TOKEN_EXCHANGE && !chain.isEmpty()
                ? Optional.of("chain is for token_exchange only")
                : Optional.empty();
    }
}
