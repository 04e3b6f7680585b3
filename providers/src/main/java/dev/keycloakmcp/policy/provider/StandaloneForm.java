package dev.keycloakmcp.policy.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keycloakmcp.policy.ExtensionIds;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.keycloak.util.JsonSerialization;

/**
 * The form in which a realm stores its client profiles and policies, so that Keycloak can use the realm when this extension
 * is not in the server: it refuses every request as soon as it meets a condition or an executor that it does not have. What
 * is of this extension is in the description instead, where Keycloak looks for nothing.
 */
enum StandaloneForm {
    /** A profile keeps the executors of others. Keycloak lets a profile without executors do nothing. */
    PROFILES("profiles", "executors", "executor") {
        @Override
        boolean sets(ArrayNode parts, JsonNode part) {
            return isOfExtension(part);
        }
    },
    /**
     * A policy with a condition of this extension keeps none: with the others alone it would apply to more requests.
     * Keycloak lets a policy without conditions never apply.
     */
    POLICIES("policies", "conditions", "condition") {
        @Override
        boolean sets(ArrayNode parts, JsonNode part) {
            return hasPartOfExtension(parts);
        }
    };

    /** The sentence for an administrator who looks at the realm without the extension. */
    static final String NOTE = "Not in force: this server does not have Keycloak MCP Policies, which it needs. ";

    private static final String DESCRIPTION = "description";
    private static final String POSITION = "at";

    private final String list;
    private final String parts;
    private final String id;

    StandaloneForm(String list, String parts, String id) {
        this.list = list;
        this.parts = parts;
        this.id = id;
    }

    /** True when a condition or an executor is set aside. */
    abstract boolean sets(ArrayNode parts, JsonNode part);

    /** The text to store: Keycloak alone can use it. A text that cannot be read stays as it is. */
    @Nullable String stored(@Nullable String whole) {
        return each(whole, this::setAside);
    }

    /** The text that was to be stored, with all that Keycloak has changed in the meantime. */
    @Nullable String whole(@Nullable String stored) {
        // Most realms have nothing to put back; to look for a text is cheaper than to parse one.
        return stored == null || !stored.contains(NOTE) ? stored : each(stored, this::putBack);
    }

    /** True when one of the texts with everything in its place still has something aside, which cannot be read. */
    static boolean isLeft(@Nullable String... whole) {
        return Stream.of(whole).anyMatch(text -> text != null && text.contains(NOTE));
    }

    /** True when Keycloak alone cannot use the text. */
    boolean needsExtension(@Nullable String stored) {
        return stored != null
                && StreamSupport.stream(tree(stored).path(list).spliterator(), false)
                        .anyMatch(item -> hasPartOfExtension(item.path(parts)));
    }

    private @Nullable String each(@Nullable String text, Consumer<ObjectNode> change) {
        if (text == null) {
            return null;
        }
        JsonNode all = tree(text);
        JsonNode before = all.deepCopy();
        for (JsonNode item : all.path(list)) {
            if (item instanceof ObjectNode object) {
                change.accept(object);
            }
        }
        return all.equals(before) ? text : all.toString();
    }

    private void setAside(ObjectNode item) {
        if (!(item.get(parts) instanceof ArrayNode all) || !hasPartOfExtension(all)) {
            return;
        }
        ObjectNode note = JsonSerialization.mapper.createObjectNode();
        note.set(DESCRIPTION, item.get(DESCRIPTION));
        ArrayNode aside = note.putArray(parts);
        ArrayNode kept = JsonSerialization.mapper.createArrayNode();
        for (int at = 0; at < all.size(); at++) {
            if (all.get(at) instanceof ObjectNode part && sets(all, part)) {
                aside.add(part.deepCopy().put(POSITION, at));
            } else {
                kept.add(all.get(at));
            }
        }
        item.set(parts, kept);
        item.put(DESCRIPTION, NOTE + note);
    }

    private void putBack(ObjectNode item) {
        String description = item.path(DESCRIPTION).asText("");
        if (!description.startsWith(NOTE)
                || !(tree(description.substring(NOTE.length())) instanceof ObjectNode note)
                || !(note.get(parts) instanceof ArrayNode aside)) {
            return;
        }
        ArrayNode all = item.get(parts) instanceof ArrayNode now ? now : item.putArray(parts);
        for (JsonNode part : aside) {
            int at = part.path(POSITION).asInt();
            if (part instanceof ObjectNode object) {
                all.insert(Math.min(at, all.size()), object.without(POSITION));
            }
        }
        JsonNode before = note.path(DESCRIPTION);
        if (before.isTextual()) {
            item.set(DESCRIPTION, before);
        } else {
            item.remove(DESCRIPTION);
        }
    }

    boolean hasPartOfExtension(JsonNode all) {
        return StreamSupport.stream(all.spliterator(), false).anyMatch(this::isOfExtension);
    }

    boolean isOfExtension(JsonNode part) {
        return part.isObject() && ExtensionIds.contain(part.path(id).asText(""));
    }

    private static JsonNode tree(String text) {
        try {
            return JsonSerialization.mapper.readTree(text);
        } catch (JsonProcessingException e) {
            return JsonSerialization.mapper.missingNode();
        }
    }
}
