package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.policy.OverlongParameters;
import dev.keycloakmcp.policy.Rank;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.policy.Verdict;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.McpRequest;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.protocol.oidc.grants.OAuth2GrantType;
import org.keycloak.representations.AccessToken;
import org.keycloak.util.TokenUtil;

/** The parameters of a token request that bound what its token is for. */
final class GrantParameters {

    private static final Set<String> TARGETS = Set.of(OAuth2Constants.RESOURCE, OAuth2Constants.AUDIENCE);

    private static final String LENGTH_RULE = "parameter-length";

    private GrantParameters() {}

    /**
     * Calls an access token by the name that Keycloak knows.
     *
     * @return the refusal of those that Keycloak dropped, before anything is made of what is left; empty where policies
     *     only report it, or are not for the client
     */
    static Optional<Decision.Deny<Optional<TokenNarrowing>>> normalize(OAuth2GrantType.Context context) {
        Optional<Decision.Deny<Optional<TokenNarrowing>>> refusal = OverlongParameters.refusal(
                context.getSession().getContext().getHttpRequest().getDecodedFormParameters(),
                context.getFormParams().keySet());
        nameAccessToken(context);
        return refusal.filter(deny -> isEnforced(context, deny));
    }

    /** The realm's own access token may be called a JWT (RFC 8693 section 3), which Keycloak's exchange does not know. */
    private static void nameAccessToken(OAuth2GrantType.Context context) {
        MultivaluedMap<String, String> form = context.getFormParams();
        String token = form.getFirst(OAuth2Constants.SUBJECT_TOKEN);
        if (OAuth2Constants.TOKEN_EXCHANGE_GRANT_TYPE.equals(context.getGrantType())
                && List.of(OAuth2Constants.JWT_TOKEN_TYPE).equals(form.get(OAuth2Constants.SUBJECT_TOKEN_TYPE))
                && token != null
                && isAccessToken(context.getSession().tokens().decode(token, AccessToken.class))) {
            form.putSingle(OAuth2Constants.SUBJECT_TOKEN_TYPE, OAuth2Constants.ACCESS_TOKEN_TYPE);
        }
    }

    private static boolean isAccessToken(@Nullable AccessToken token) {
        return token != null
                && (TokenUtil.TOKEN_TYPE_BEARER.equals(token.getType())
                        || TokenUtil.TOKEN_TYPE_DPOP.equals(token.getType()));
    }

    private static boolean isEnforced(OAuth2GrantType.Context context, Decision.Deny<Optional<TokenNarrowing>> deny) {
        Optional<EnforcementMode> mode = McpRealm.mode(context.getSession(), context.getClient());
        if (mode.filter(EnforcementMode.REPORT::equals).isPresent()) {
            McpRequest.of(context.getSession()).add(new Verdict(LENGTH_RULE, Rank.GUARD, EnforcementMode.REPORT, deny));
        }
        return mode.filter(EnforcementMode.ENFORCE::equals).isPresent();
    }

    /**
     * The parameters that may be sent several times. Several targets go through to the policies, which refuse them with
     * {@code invalid_target} (RFC 8707 2).
     */
    static Set<String> multivalued(Set<String> supported, Set<String> more) {
        return Stream.of(supported, more, TARGETS).flatMap(Set::stream).collect(Collectors.toUnmodifiableSet());
    }

    /** True when a request names several targets; never of an exchange, which answers for them itself. */
    static boolean hasSeveralTargets(OAuth2GrantType.Context context) {
        return !OAuth2Constants.TOKEN_EXCHANGE_GRANT_TYPE.equals(context.getGrantType())
                && context.getFormParams().entrySet().stream()
                        .filter(parameter -> TARGETS.contains(parameter.getKey()))
                        .map(Map.Entry::getValue)
                        .anyMatch(values -> values.size() > 1);
    }
}
