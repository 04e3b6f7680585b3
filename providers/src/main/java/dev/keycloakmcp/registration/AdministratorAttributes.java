package dev.keycloakmcp.registration;

import dev.keycloakmcp.resource.McpAttributes;
import java.text.Normalizer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of clients that administrators decide: what makes a client an MCP server, what an agent may target, how a
 * client registered, and whether it is suspended. No client decides them about itself.
 */
public final class AdministratorAttributes {

    private static final String OURS = "mcp.";

    /** Clients of metadata documents, as Keycloak marks them. */
    private static final String DOCUMENTS = "cimd.";

    private static final Set<String> NOTES = Set.of(
            McpAttributes.SUSPENDED,
            McpAttributes.SUSPENDED_AT,
            McpAttributes.SUSPENDED_BY,
            McpAttributes.LIFTED,
            McpAttributes.SELF_REGISTERED);

    /** Attributes by which a client would show people another consent page, or be believed more, or for longer, than they saw. */
    private static final Set<String> SHOWN = Set.of(
            "login_theme",
            "acr.loa.map",
            "access.token.lifespan",
            "client.session.max.lifespan",
            "client.offline.session.max.lifespan",
            "client.offline.session.idle.timeout",
            "client.secret.creation.time",
            "oauth2.jwt.authorization.grant.enabled",
            "oauth2.jwt.authorization.grant.idp");

    /** How Keycloak's Admin Console writes that an attribute says nothing. */
    private static final Set<String> NOTHING = Set.of("false", "{}");

    private AdministratorAttributes() {}

    /**
     * The first of them that a request would set, change or remove; sent back as it is, an attribute is none.
     *
     * @param wanted the attributes that are sent; an empty value, as Keycloak reads it, removes
     * @param current the value that the client has
     */
    public static Optional<String> changed(
            @Nullable Map<String, @Nullable String> wanted, Function<String, @Nullable String> current) {
        return wanted == null
                ? Optional.empty()
                : wanted.keySet().stream()
                        .filter(Objects::nonNull)
                        .filter(AdministratorAttributes::contain)
                        .filter(name -> !text(name, wanted.get(name)).equals(text(name, current.apply(name))))
                        .sorted()
                        .findFirst();
    }

    /** Those attributes of a client that it may read: not who suspended it, and why, nor what else is noted about it. */
    public static Map<String, String> told(Map<String, String> attributes) {
        Map<String, String> told = new LinkedHashMap<>(attributes);
        told.keySet().removeAll(NOTES);
        return told;
    }

    /** True for every spelling of them: there are databases that tell neither case, nor accents, nor spaces at the end. */
    static boolean contain(String name) {
        String plain = Normalizer.normalize(name, Normalizer.Form.NFKD)
                .replaceAll("[^\\x21-\\x7e]", "")
                .toLowerCase(Locale.ROOT);
        return plain.startsWith(OURS)
                || plain.startsWith(DOCUMENTS)
                || plain.equals(McpAttributes.RESOURCE_URL)
                || SHOWN.contains(plain);
    }

    private static String text(String name, @Nullable String value) {
        return value == null || SHOWN.contains(name) && NOTHING.contains(value) ? "" : value;
    }
}
