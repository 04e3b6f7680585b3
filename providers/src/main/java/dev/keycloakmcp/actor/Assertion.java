package dev.keycloakmcp.actor;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.support.ScopeParameter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An assertion that a client redeems for a token of a user (RFC 7523 section 2.1), as it says it is. Signature, issuer,
 * audience and expiry are Keycloak's to check.
 *
 * @param type the header {@code typ}
 * @param claims the claims, as JSON has them
 */
public record Assertion(Optional<String> type, Map<String, Object> claims) {

    /** The header {@code typ} of an identity assertion (draft-ietf-oauth-identity-assertion-authz-grant). */
    private static final String ID_JAG = "oauth-id-jag+jwt";

    /** Values of {@code typ} for assertions: RFC 7519 section 5.1, RFC 7523 as updated, and the draft above. */
    private static final Set<String> TYPES = Set.of("jwt", "authorization-grant+jwt", ID_JAG);

    /** Keycloak's claim {@code typ} of tokens that may serve as assertions elsewhere; not of ID and refresh tokens. */
    private static final Set<String> KEYCLOAK_TYPES = Set.of("jwt", "bearer", "dpop");

    /** Claims of ID tokens, logout tokens and other security events, which are not typed everywhere. */
    private static final Set<String> OF_OTHERS = Set.of("nonce", "at_hash", "c_hash", "s_hash", "events");

    /** The {@code jti} of Keycloak's lightweight access tokens, which leave out what they would say of actors. */
    private static final Pattern LIGHTWEIGHT = Pattern.compile("[a-z]{2}lt[a-z]{2}:.*", Pattern.DOTALL);

    private static final String MEDIA_TYPE = "application/";

    public Assertion {
        claims = Map.copyOf(claims);
    }

    /**
     * Decides whether a client may redeem it.
     *
     * @param clientId of the client that authenticated
     * @param known true for client ids of the realm
     * @return the scopes that a token made of it may hold; all of the client's where it does not say
     */
    public Decision<Optional<Set<String>>> redeem(String clientId, Predicate<String> known) {
        if (!isOfRightType()) {
            return Decision.deny(
                    ReasonCode.GRANT_ASSERTION_TYPE,
                    "The assertion is another kind of token; its typ may be JWT, authorization-grant+jwt or " + ID_JAG
                            + ".");
        }
        if (isOfAnotherClient(clientId, known)) {
            return Decision.deny(
                    ReasonCode.GRANT_ASSERTION_CLIENT, "The assertion was issued to another client, or does not say.");
        }
        if (claims.get("jti") instanceof String id && LIGHTWEIGHT.matcher(id).matches()) {
            return Decision.deny(
                    ReasonCode.DELEGATION_LAUNDERED, "A lightweight token does not say who acts; send an assertion.");
        }
        return scopes();
    }

    private boolean isOfRightType() {
        boolean header = type.map(Assertion::normalized).map(TYPES::contains).orElse(true);
        Object claim = claims.get("typ");
        return header
                && (claim == null || claim instanceof String text && KEYCLOAK_TYPES.contains(normalized(text)))
                && OF_OTHERS.stream().noneMatch(claims::containsKey);
    }

    /** RFC 7523 knows no client. Of an assertion that names one, by whatever claim, it is that one. */
    private boolean isOfAnotherClient(String clientId, Predicate<String> known) {
        Object named = claims.get("client_id");
        if (named != null) {
            return !clientId.equals(named);
        }
        // The client id at the issuer may differ from the one here, but is never that of another client here.
        return type.map(Assertion::normalized).filter(ID_JAG::equals).isPresent()
                || claims.get("azp") instanceof String party && !clientId.equals(party) && known.test(party);
    }

    private Decision<Optional<Set<String>>> scopes() {
        @Nullable Object scope = claims.get("scope");
        if (scope == null) {
            return Decision.allow(Optional.empty());
        }
        return scope instanceof String text
                ? Decision.allow(Optional.of(ScopeParameter.names(text).orElse(Set.of())))
                : Decision.deny(ReasonCode.GRANT_ASSERTION_TYPE, "The scope claim of the assertion is no text.");
    }

    /** Media types may leave their first part out, and have no case (RFC 7515 section 4.1.9). */
    private static String normalized(String type) {
        String lower = type.toLowerCase(Locale.ROOT);
        return lower.startsWith(MEDIA_TYPE) ? lower.substring(MEDIA_TYPE.length()) : lower;
    }
}
