package dev.keycloakmcp.itest.junit;

import dev.keycloakmcp.itest.server.ServerOptions;
import java.util.Comparator;
import org.junit.jupiter.api.ClassDescriptor;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;

/** Classes that share a server run together, those with the default server first. */
public final class VariantOrder implements ClassOrderer {

    @Override
    public void orderClasses(ClassOrdererContext context) {
        context.getClassDescriptors()
                .sort(Comparator.<ClassDescriptor, String>comparing(VariantOrder::variant)
                        .thenComparing(descriptor -> descriptor.getTestClass().getName()));
    }

    private static String variant(ClassDescriptor descriptor) {
        return descriptor
                .findAnnotation(KeycloakTest.class)
                .map(Variants::optionsOf)
                .map(options -> options.equals(ServerOptions.defaults()) ? "" : options.toString())
                .orElse("");
    }
}
