package dev.keycloakmcp.itest.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A realm export in the checkout. Its placeholders {@code ${NAME:default}} are filled in as Keycloak does
 * from its environment when it imports at start, and only then.
 */
public final class RealmFile {

    /** The realm of the demo. */
    public static final String AGENT_MESH = "realm-config/agent-mesh-realm.json";

    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(\\w+):([^}]*)}");

    private RealmFile() {}

    /**
     * Reads the export.
     *
     * @param file relative to the root of the checkout
     * @param variables what Keycloak would find in its environment; the defaults fill the rest
     */
    public static String read(String file, Map<String, String> variables) {
        String text;
        try {
            text = Files.readString(Workspace.root().resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return PLACEHOLDER
                .matcher(text)
                .replaceAll(placeholder ->
                        Matcher.quoteReplacement(variables.getOrDefault(placeholder.group(1), placeholder.group(2))));
    }
}
