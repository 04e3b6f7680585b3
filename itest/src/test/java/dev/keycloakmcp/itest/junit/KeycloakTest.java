package dev.keycloakmcp.itest.junit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test against a running Keycloak. Classes with equal attributes share one server.
 *
 * <p>Methods and constructors may ask for the {@code KeycloakServer}, and for a {@code TestRealm} that all
 * methods of the class share and that is removed after the class.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(KeycloakExtension.class)
public @interface KeycloakTest {

    /** Features of Keycloak to enable. */
    String[] features() default {};

    /** Further arguments of {@code kc.sh build}. */
    String[] buildArgs() default {};

    /** Further arguments of {@code kc.sh start}. */
    String[] args() default {};

    /** As in {@code org.keycloak.events:debug}. */
    String[] logLevels() default {};

    /** Without our jars, for comparison with stock Keycloak. */
    boolean withExtension() default true;

    /** A process in every mode, for a server that calls the test. */
    boolean process() default false;

    /** The realm to give to the tests, a file relative to the root of the checkout; by default an empty realm. */
    String realm() default "";
}
