package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.support.provider.PerRequest;
import java.util.HashMap;
import java.util.Map;
import org.keycloak.models.KeycloakSession;

/**
 * The claims on actors and on the target that this extension vouches for in answers of the current request other than the
 * access token, such as the ID token. No other mapper's claim of such a name gets through.
 */
public final class VouchedClaims {

    private final Map<String, Object> claims = new HashMap<>();

    private VouchedClaims() {}

    public static VouchedClaims of(KeycloakSession session) {
        return PerRequest.get(session, VouchedClaims.class, created -> new VouchedClaims());
    }

    public void vouch(String claim, Object value) {
        claims.put(claim, value);
    }

    /** True when somebody vouched for a claim. */
    public boolean has(String claim) {
        return claims.containsKey(claim);
    }

    /** The claims so far, by name. */
    public Map<String, Object> claims() {
        return Map.copyOf(claims);
    }
}
