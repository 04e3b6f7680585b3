package dev.keycloakmcp.itest.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.keycloak.representations.idm.RealmRepresentation;

/**
 * A realm export in the checkout. Its placeholders {@code ${NAME:default}} are filled in as Keycloak does
 * from its environment when it imports at start, and only then.
 */
public final class RealmFile {

    /** The realm of the demo. */
    public static final String AGENT_MESH = "realm-config/agent-mesh-realm.json";

    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(\\w+):([^}]*)}");

    private static final ObjectMapper JSON =
            new ObjectMapper().configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

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

    /** The realm in the export, under another name. */
    static RealmRepresentation copy(String file, Map<String, String> variables, UnaryOperator<String> rename) {
        try {
            String text = read(file, variables);
            String original = JSON.readTree(text).required("realm").asText();
            String name = rename.apply(original);
            RealmRepresentation realm = JSON.readValue(
                    text.replace("default-roles-" + original, "default-roles-" + name)
                            .replace("/realms/" + original + "/", "/realms/" + name + "/"),
                    RealmRepresentation.class);
            realm.setId(null);
            realm.setRealm(name);
            return realm;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + " is no realm export", e);
        }
    }
}
