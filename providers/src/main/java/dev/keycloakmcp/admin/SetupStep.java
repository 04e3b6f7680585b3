package dev.keycloakmcp.admin;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A step of setting a realm up, or of taking the set-up out again.
 *
 * @param change the difference that it makes
 * @param part the kind of thing
 * @param name the name of the thing; empty where there is nothing of the kind
 * @param text the sentence for people
 */
public record SetupStep(Change change, SetupPart part, String name, String text) {

    /** The difference that a step makes. */
    public enum Change {
        ADDED,
        /** Was there already and stays as it is. */
        PRESENT,
        REMOVED,
        /** Loses only what is of this extension. */
        CHANGED,
        /** Was not there to be removed. */
        ABSENT;

        /** As the REST API says it. */
        public String value() {
            return name().toLowerCase(Locale.ROOT);
        }

        boolean isDifference() {
            return this != PRESENT && this != ABSENT;
        }
    }

    /** True when the realm is not the same afterwards. */
    public boolean isDifference() {
        return change.isDifference();
    }

    /** The members of the JSON object. */
    public Map<String, Object> json() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("change", change.value());
        members.put("part", part.value());
        if (!name.isEmpty()) {
            members.put("name", name);
        }
        members.put("text", text);
        return members;
    }

    /** The line that scripts print. */
    public String line() {
        return String.format(Locale.ROOT, "%-9s %s", change.value(), text);
    }
}
