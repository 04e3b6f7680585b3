package dev.keycloakmcp.itest.junit;

import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.LogFile;
import dev.keycloakmcp.itest.server.ServerOptions;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests their server and realm, and shows the server's log where a test failed. */
final class KeycloakExtension
        implements BeforeAllCallback, BeforeTestExecutionCallback, AfterTestExecutionCallback, ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(KeycloakExtension.class);
    private static final int LINES_SHOWN = 60;

    @Override
    public void beforeAll(ExtensionContext context) {
        server(context);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == KeycloakServer.class || type == TestRealm.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        if (parameter.isAnnotated(WithExtension.class)) {
            return ServerPool.of(context).get(ServerOptions.defaults(), false);
        }
        return parameter.getParameter().getType() == KeycloakServer.class
                ? server(context)
                : realm(context).realm();
    }

    @Override
    public void beforeTestExecution(ExtensionContext context) {
        context.getStore(NAMESPACE).put("log", LogFile.size(server(context).logFile()));
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        if (context.getExecutionException().isEmpty()) {
            return;
        }
        KeycloakServer server = server(context);
        long start = Objects.requireNonNullElse(context.getStore(NAMESPACE).get("log", Long.class), 0L);
        String log = LogFile.since(server.logFile(), start);
        long lines = log.lines().count();
        System.out.printf("[keycloak] %s failed; the log during the test, from %s:%n", name(context), server.logFile());
        log.lines().skip(Math.max(0, lines - LINES_SHOWN)).forEach(line -> System.out.println("    " + line));
    }

    private static KeycloakServer server(ExtensionContext context) {
        KeycloakTest test = Variants.annotationOf(context.getRequiredTestClass());
        return ServerPool.of(context).get(Variants.optionsOf(test), test.process());
    }

    private static RealmOfClass realm(ExtensionContext context) {
        ExtensionContext owner = context;
        Class<?> outermost = context.getRequiredTestClass();
        while (outermost.getEnclosingClass() != null) {
            outermost = outermost.getEnclosingClass();
        }
        while (owner.getTestClass().filter(outermost::equals).isEmpty()
                || owner.getTestMethod().isPresent()) {
            owner = owner.getParent().orElseThrow();
        }
        KeycloakServer server = server(context);
        String file = Variants.annotationOf(context.getRequiredTestClass()).realm();
        String prefix = outermost.getSimpleName().toLowerCase(Locale.ROOT);
        return owner.getStore(NAMESPACE)
                .getOrComputeIfAbsent(
                        "realm " + file,
                        key -> new RealmOfClass(
                                file.isEmpty() ? TestRealm.create(server, prefix) : TestRealm.load(server, file)),
                        RealmOfClass.class);
    }

    private static String name(ExtensionContext context) {
        return context.getRequiredTestClass().getSimpleName() + "." + context.getDisplayName();
    }

    private record RealmOfClass(TestRealm realm) implements AutoCloseable {
        @Override
        public void close() {
            realm.close();
        }
    }
}
