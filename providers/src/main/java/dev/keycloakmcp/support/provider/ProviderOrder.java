package dev.keycloakmcp.support.provider;

/**
 * The {@code order()} of factories that take the place of Keycloak's own. Of several factories with one id Keycloak uses
 * the one with the highest order; of several providers that support one request it asks that with the highest first.
 * Keycloak's own orders go up to 20, and other extensions that replace a provider mostly add 1 or 10.
 */
public final class ProviderOrder {

    private static final int STEP = 100;

    private ProviderOrder() {}

    /**
     * An order above that of a factory of Keycloak's.
     *
     * @param keycloak the order of the factory whose place is taken
     */
    public static int above(int keycloak) {
        return keycloak + STEP;
    }
}
