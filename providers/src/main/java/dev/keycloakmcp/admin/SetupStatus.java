package dev.keycloakmcp.admin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A part of the set-up as a realm has it.
 *
 * @param part the kind of thing
 * @param name the name of the thing
 * @param present true when the realm has it
 * @param differences from what {@code PUT setup} would add; empty where there are none
 */
public record SetupStatus(SetupPart part, String name, boolean present, List<String> differences) {

    public SetupStatus {
        differences = List.copyOf(differences);
    }

    /** {@code present}, {@code absent} or {@code differs}. */
    public String state() {
        if (!present) {
            return "absent";
        }
        return differences.isEmpty() ? "present" : "differs";
    }

    /** The members of the JSON object. */
    public Map<String, Object> json() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("part", part.value());
        members.put("name", name);
        members.put("state", state());
        if (!differences.isEmpty()) {
            members.put("differences", differences);
        }
        return members;
    }

    /** The line that scripts print. */
    public String line() {
        return String.format(Locale.ROOT, "%-9s %s", state(), part.text(name))
                + (present && !differences.isEmpty() ? ": " + String.join("; ", differences) : "");
    }
}
