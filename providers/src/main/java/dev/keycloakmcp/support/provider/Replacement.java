package dev.keycloakmcp.support.provider;

/** Factories that take the place of Keycloak's own of the same id: Keycloak uses the one of the highest order. */
public final class Replacement {

    private Replacement() {}

    /**
     * The order of a factory that replaces another.
     *
     * @param replaced the order of the factory that is replaced
     */
    public static int order(int replaced) {
        return replaced + 1;
    }
}
