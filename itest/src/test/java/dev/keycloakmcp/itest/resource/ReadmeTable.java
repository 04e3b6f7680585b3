package dev.keycloakmcp.itest.resource;

import dev.keycloakmcp.itest.server.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The table on the first screen of the README. */
final class ReadmeTable {

    static final String LOGIN_NAMES_SERVER = "A login names its MCP server (`resource`, RFC 8707)";
    static final String LOGIN_NAMES_UNKNOWN = "A login names a server that the realm does not know";
    static final String NO_SERVER_NAMED = "A request names no server";
    static final String OTHER_SERVER_LATER = "A code or refresh token is redeemed for another server";
    static final String INTROSPECTION = "An MCP server introspects a token that is for it";
    static final String AGENT_WITHOUT_SCOPE = "An agent asks for a machine token without a scope";
    static final String AGENT_ELSEWHERE = "An agent asks for a server it may not use";
    static final String LIFETIME = "A machine token lives";
    static final String EXCHANGE = "An MCP server exchanges its caller's token for another API";
    static final String FOREIGN_EXCHANGE = "Another server's token is exchanged";
    static final String REGISTRATION = "An MCP client registers itself (RFC 7591)";
    static final String UNKNOWN_METADATA = "Its metadata has members that Keycloak does not know";

    private ReadmeTable() {}

    /** The first cell of every row. */
    static List<String> rows() {
        try {
            String readme = Files.readString(Workspace.root().resolve("README.md"));
            String table = readme.substring(readme.indexOf("| what happens |"));
            return table.substring(0, table.indexOf("\n\n"))
                    .lines()
                    .skip(2)
                    .map(line -> line.split("\\|")[1].trim())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The rows that a class tests. */
    static List<String> testedBy(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .filter(method -> method.isAnnotationPresent(DisplayName.class))
                .map(ReadmeTable::row)
                .toList();
    }

    private static String row(Method method) {
        return method.getAnnotation(DisplayName.class).value();
    }
}
