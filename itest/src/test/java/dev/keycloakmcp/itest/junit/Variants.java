package dev.keycloakmcp.itest.junit;

import dev.keycloakmcp.itest.server.ServerOptions;
import org.junit.platform.commons.support.AnnotationSupport;

/** From the annotation to the options of a server. */
final class Variants {

    private Variants() {}

    static KeycloakTest annotationOf(Class<?> testClass) {
        for (Class<?> type = testClass; type != null; type = type.getEnclosingClass()) {
            var found = AnnotationSupport.findAnnotation(type, KeycloakTest.class);
            if (found.isPresent()) {
                return found.get();
            }
        }
        throw new IllegalStateException(testClass + " is not annotated with @KeycloakTest");
    }

    static ServerOptions optionsOf(KeycloakTest test) {
        return ServerOptions.builder()
                .features(test.features())
                .buildArguments(test.buildArgs())
                .arguments(test.args())
                .logLevels(test.logLevels())
                .withExtension(test.withExtension())
                .build();
    }
}
