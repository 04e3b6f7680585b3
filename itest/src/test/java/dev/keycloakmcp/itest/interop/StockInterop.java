package dev.keycloakmcp.itest.interop;

import dev.keycloakmcp.itest.junit.KeycloakTest;

/**
 * The same against a Keycloak without the extension, to see which rows are its merit: no part of the build, run by
 * {@code -Dit.test=StockInterop}. Failures are what it is for.
 */
@KeycloakTest(withExtension = false)
class StockInterop extends InteropIT {

    @Override
    boolean withExtension() {
        return false;
    }
}
