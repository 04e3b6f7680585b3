package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.support.provider.PerRequest;
import java.util.ArrayList;
import java.util.List;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.token.TokenPostProcessorContext;

/** The constraints on the tokens of the current request that no verdict holds: they bind whatever the target is. */
public final class TokenConstraints {

    /** Changes a token just before it is signed, after all protocol mappers. */
    @FunctionalInterface
    public interface TokenFinisher {
        void finish(TokenPostProcessorContext tokens);
    }

    private final List<TokenFinisher> finishers = new ArrayList<>();
    private boolean refreshTokenAllowed = true;
    private boolean refreshTokenReported;
    private long notAfter = Long.MAX_VALUE;
    private boolean inside;

    private TokenConstraints() {}

    public static TokenConstraints of(KeycloakSession session) {
        return PerRequest.get(session, TokenConstraints.class, created -> new TokenConstraints());
    }

    /** Adds a change to the tokens; finishers run in the order in which they were added. */
    public void addFinisher(TokenFinisher finisher) {
        finishers.add(finisher);
    }

    public List<TokenFinisher> finishers() {
        return List.copyOf(finishers);
    }

    /** From now on the request gets no refresh token. */
    public void withholdRefreshToken() {
        refreshTokenAllowed = false;
    }

    /** Says that the request would get no refresh token if policies that only report were enforced. */
    public void reportRefreshToken() {
        refreshTokenReported = true;
    }

    public boolean wouldWithholdRefreshToken() {
        return refreshTokenReported;
    }

    public boolean isRefreshTokenAllowed() {
        return refreshTokenAllowed;
    }

    /** From now on no token, of whatever kind, is valid after that time, seconds since the epoch. */
    public void expireBy(long time) {
        notAfter = Math.min(notAfter, time);
    }

    /** The time by which all tokens expire, seconds since the epoch; {@link Long#MAX_VALUE} where nothing bounds it. */
    public long notAfter() {
        return notAfter;
    }

    /** From now on tokens are, or are no longer, made for Keycloak itself: nobody gets them. */
    public void keepInside(boolean tokens) {
        inside = tokens;
    }

    public boolean areInside() {
        return inside;
    }
}
