package dev.keycloakmcp.actor;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a token exchange, as far as they concern its actor (RFC 8693 section 2.1). A parameter without a value
 * is absent (RFC 6749 section 3.2).
 *
 * @param actorToken {@code actor_token}
 * @param actorTokenType {@code actor_token_type}
 * @param requested the token that is asked for
 */
public record ExchangeParameters(
        Optional<String> actorToken, Optional<String> actorTokenType, RequestedToken requested) {

    private static final String ACTOR_TOKEN = "actor_token";
    private static final String ACTOR_TOKEN_TYPE = "actor_token_type";
    private static final String REQUESTED_TOKEN_TYPE = "requested_token_type";
    private static final String ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token";

    /** Types of an access token of this realm, which is a JWT (RFC 8693 section 3). */
    private static final Set<String> ACCESS_TOKEN_TYPES =
            Set.of(ACCESS_TOKEN_TYPE, "urn:ietf:params:oauth:token-type:jwt");

    /** Parameters that are sent once; an exchange may repeat others, such as {@code audience}. */
    private static final List<String> SINGLE = List.of(
            "subject_token", "subject_token_type", ACTOR_TOKEN, ACTOR_TOKEN_TYPE, REQUESTED_TOKEN_TYPE, "scope");

    /** Reads a form; denies one that repeats a parameter. */
    public static Decision<ExchangeParameters> read(Map<String, List<String>> form) {
        for (String name : SINGLE) {
            if (form.getOrDefault(name, List.of()).size() > 1) {
                return Decision.deny(
                        ReasonCode.EXCHANGE_PARAMETER_REPEATED, "The " + name + " parameter is sent more than once.");
            }
        }
        return Decision.allow(new ExchangeParameters(
                Optional.ofNullable(value(form, ACTOR_TOKEN)),
                Optional.ofNullable(value(form, ACTOR_TOKEN_TYPE)),
                RequestedToken.of(value(form, REQUESTED_TOKEN_TYPE))));
    }

    /** True when the request says anything about an actor token. */
    public boolean namesActor() {
        return actorToken.isPresent() || actorTokenType.isPresent();
    }

    /** The actor token to verify, if one is sent; denied where its type is missing or another one. */
    public Decision<Optional<String>> actorTokenToVerify() {
        boolean typed = actorTokenType.filter(ACCESS_TOKEN_TYPES::contains).isPresent();
        return namesActor() && !(actorToken.isPresent() && typed)
                ? Decision.deny(
                        ReasonCode.ACTOR_TOKEN_TYPE,
                        "actor_token and actor_token_type come together, and the type must be " + ACCESS_TOKEN_TYPE
                                + ".")
                : Decision.allow(actorToken);
    }

    private static @Nullable String value(Map<String, List<String>> form, String name) {
        return form.getOrDefault(name, List.of()).stream()
                .filter(value -> !value.isEmpty())
                .findFirst()
                .orElse(null);
    }
}
