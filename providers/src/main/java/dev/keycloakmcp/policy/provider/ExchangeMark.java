package dev.keycloakmcp.policy.provider;

import org.keycloak.representations.JsonWebToken;

/** The mark of tokens that an exchange is behind ({@link DelegationClaims#EXCHANGED}), where their own grant does not tell. */
public final class ExchangeMark {

    /** Value in the refresh token of an exchange that concerned no actors: those are refreshed as Keycloak does. */
    private static final String WITHOUT_ACTORS = "without-actors";

    private ExchangeMark() {}

    /** True when a token says that an exchange is behind it, whether or not that decided who acts. */
    public static boolean isOn(JsonWebToken token) {
        return token.getOtherClaims().containsKey(DelegationClaims.EXCHANGED);
    }

    /** Makes an access token say whether an exchange is behind it. */
    public static void set(JsonWebToken accessToken, boolean ofExchange) {
        if (ofExchange) {
            accessToken.setOtherClaims(DelegationClaims.EXCHANGED, true);
        } else {
            accessToken.getOtherClaims().remove(DelegationClaims.EXCHANGED);
        }
    }

    /** Makes a refresh token say that it was issued by an exchange that concerned no actors. */
    public static void setWithoutActors(JsonWebToken refreshToken) {
        refreshToken.setOtherClaims(DelegationClaims.EXCHANGED, WITHOUT_ACTORS);
    }
}
