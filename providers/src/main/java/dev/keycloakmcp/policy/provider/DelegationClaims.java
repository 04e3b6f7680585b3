package dev.keycloakmcp.policy.provider;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.jose.jws.JWSInput;
import org.keycloak.jose.jws.JWSInputException;
import org.keycloak.representations.JsonWebToken;

/**
 * The claims of RFC 8693 4.1 and 4.4, and private claims. In realms that use its policies only this extension writes them.
 */
public final class DelegationClaims {

    /** The actor chain: who acts now, and nested in it who acted before. */
    public static final String ACT = "act";
    /** The party that may act for the subject. */
    public static final String MAY_ACT = "may_act";

    /** Id of the mapper that writes who acts. */
    public static final String ACTOR_MAPPER = "oidc-mcp-actor-mapper";

    /** Id of the mapper that writes who may act. */
    public static final String MAY_ACT_MAPPER = "oidc-mcp-may-act-mapper";

    /** Option of that mapper, set by no administrator: let nothing through that nobody vouched for. */
    public static final String GUARD = "guard";

    /**
     * Private claim of access, refresh and ID tokens, and note of a login: the URI of the MCP server that they are bound
     * to. Not {@code resource}, which Keycloak's own experimental feature writes.
     */
    public static final String RESOURCE = "mcp_resource";

    /**
     * Private claim of a refresh token that was issued by an exchange, and of access tokens made of one, or of an exchanged
     * access token: their own grant does not tell. The refresh token of an exchange of Keycloak's own has another value.
     */
    public static final String EXCHANGED = "mcp_exchanged";

    /**
     * Claim of the refresh token of an exchange: when the subject token expired, seconds since the epoch. No token that is
     * refreshed with it lives longer.
     */
    public static final String NOT_AFTER = "mcp_not_after";

    /** Claim of the refresh token of an exchange: how many of the newest actors acted by it, if more than one. */
    private static final String ACTING = "mcp_acting";

    /** Private claim of tokens whose {@link #MAY_ACT} is of a mapper of others: it restricts, and permits nothing. */
    public static final String ONLY_RESTRICTS = "mcp_may_act_mapped";

    private static final List<String> ALL = List.of(ACT, MAY_ACT);

    private static final List<String> WITH_MARK = List.of(ACT, MAY_ACT, ONLY_RESTRICTS);

    private static final List<String> WRITTEN_BY_US = List.of(ACT, MAY_ACT, ONLY_RESTRICTS, RESOURCE);

    private DelegationClaims() {}

    /** True when a JWT has one of the claims; nobody checked whether what it says is true. */
    public static boolean areClaimedBy(@Nullable String encoded) {
        if (encoded == null) {
            return false;
        }
        try {
            JsonWebToken token = new JWSInput(encoded).readJsonContent(JsonWebToken.class);
            // JSON may be null.
            return token != null && ALL.stream().anyMatch(token.getOtherClaims()::containsKey);
        } catch (JWSInputException e) {
            return false;
        }
    }

    /** True when a refresh token was issued by an exchange that decided who acts. */
    public static boolean isExchanged(JsonWebToken refreshToken) {
        return Boolean.TRUE.equals(refreshToken.getOtherClaims().get(EXCHANGED));
    }

    /** The number of the newest actors of a refresh token who acted by the exchange that issued it. */
    public static int acting(JsonWebToken refreshToken) {
        return refreshToken.getOtherClaims().get(ACTING) instanceof Number number ? number.intValue() : 1;
    }

    /** Makes a refresh token say that it was issued by an exchange, and how many acted by that. */
    public static void exchange(JsonWebToken refreshToken, int acting) {
        refreshToken.setOtherClaims(EXCHANGED, true);
        if (acting > 1) {
            refreshToken.setOtherClaims(ACTING, acting);
        }
    }

    /** The time by which tokens made of a refresh token expire; {@link Long#MAX_VALUE} where it does not say. */
    public static long notAfter(JsonWebToken refreshToken) {
        return refreshToken.getOtherClaims().get(NOT_AFTER) instanceof Number time ? time.longValue() : Long.MAX_VALUE;
    }

    /** Makes a token expire no later than that, seconds since the epoch. */
    public static void expire(JsonWebToken token, long notAfter) {
        if (notAfter < Long.MAX_VALUE && (token.getExp() == null || token.getExp() == 0 || token.getExp() > notAfter)) {
            token.exp(notAfter);
        }
    }

    /** The URI of the MCP server that a token says it is bound to. */
    public static Optional<String> resource(JsonWebToken token) {
        return Optional.ofNullable(token.getOtherClaims().get(RESOURCE))
                .filter(String.class::isInstance)
                .map(String.class::cast);
    }

    /** Makes a token say that it is bound to an MCP server. */
    public static void bind(JsonWebToken token, String resourceUrl) {
        token.getOtherClaims().put(RESOURCE, resourceUrl);
    }

    /** Leaves exactly those claims in a token that are vouched for, of the claims that no mapper of others may write. */
    public static void restrict(JsonWebToken token, Map<String, Object> vouched) {
        for (String claim : WRITTEN_BY_US) {
            Object value = vouched.get(claim);
            if (value == null) {
                token.getOtherClaims().remove(claim);
            } else {
                token.setOtherClaims(claim, value);
            }
        }
    }

    /** True when the claim of a token that says who may act was written by a mapper of others. */
    public static boolean onlyRestricts(JsonWebToken token) {
        return token.getOtherClaims().containsKey(ONLY_RESTRICTS);
    }

    /** The claims in a token, and the mark of the second. */
    public static Map<String, Object> in(JsonWebToken token) {
        Map<String, Object> found = new HashMap<>();
        for (String claim : WITH_MARK) {
            Object value = token.getOtherClaims().get(claim);
            if (value != null) {
                found.put(claim, value);
            }
        }
        return found;
    }
}
