package dev.keycloakmcp.support.provider;

/**
 * Factories that take the place of Keycloak's own. Of several factories with one id Keycloak uses the one with the
 * highest order; of several providers that support one request it asks that with the highest order first.
 */
public final class Replacement {

    /**
     * Enough to be asked before providers of Keycloak that exist beside the replaced one, in 26.8 too, such as {@code
     * delegation} of token exchange, and before other extensions, which mostly add 1 or 10.
     */
    private static final int STEP = 100;

    private Replacement() {}

    /**
     * The order of a factory that replaces another.
     *
     * @param replaced the order of the factory that is replaced
     */
    public static int order(int replaced) {
        return replaced + STEP;
    }

    /**
     * The order of a factory that leaves its place to the one that it replaces elsewhere. It cannot say that it is not
     * supported: Keycloak has dropped the other one by then.
     *
     * @param replaced the order of the factory that stays
     */
    public static int behind(int replaced) {
        return replaced - STEP;
    }
}
