import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Takes what needs the extension out of client policies and profiles, as kcadm.sh gets them. It is for remove.sh, where
 * the server does not have the extension any more; a server that has it does the same at {@code DELETE mcp/setup}.
 *
 * <p>Reads two files, policies and profiles, writes those that come out different to files with {@code .new} behind their
 * names, and prints a line for each difference.
 */
class ClientPolicies {

    /** How a description begins that holds what the extension set aside, so that Keycloak can use the realm without it. */
    private static final String NOTE = "Not in force: this server does not have Keycloak MCP Policies, which it needs. ";

    public static void main(String[] files) throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode policies = (ObjectNode) json.readTree(new File(files[0]));
        ObjectNode profiles = (ObjectNode) json.readTree(new File(files[1]));
        ObjectNode policiesBefore = policies.deepCopy();
        ObjectNode profilesBefore = profiles.deepCopy();
        List<String> lines = clean(policies, profiles);
        if (!policies.equals(policiesBefore)) {
            json.writeValue(new File(files[0] + ".new"), policies);
        }
        if (!profiles.equals(profilesBefore)) {
            json.writeValue(new File(files[1] + ".new"), profiles);
        }
        lines.forEach(new PrintStream(System.out, true, StandardCharsets.UTF_8)::println);
    }

    /** Changes both in place, and tells how. */
    static List<String> clean(ObjectNode policies, ObjectNode profiles) throws IOException {
        for (JsonNode profile : list(profiles, "profiles")) {
            putBack((ObjectNode) profile, "executors");
        }
        for (JsonNode policy : list(policies, "policies")) {
            putBack((ObjectNode) policy, "conditions");
        }
        Set<String> gone = new HashSet<>();
        List<String> ofProfiles = new ArrayList<>();
        for (Iterator<JsonNode> each = list(profiles, "profiles").iterator(); each.hasNext(); ) {
            JsonNode profile = each.next();
            ArrayNode executors = list(profile, "executors");
            boolean changed = removeIf(executors, executor -> isOurs(executor, "executor"));
            boolean goes = name(profile).equals("mcp") || changed && executors.isEmpty();
            if (goes) {
                gone.add(name(profile));
                each.remove();
            }
            tell(ofProfiles, "profile", profile, goes, changed);
        }
        List<String> lines = new ArrayList<>();
        for (Iterator<JsonNode> each = list(policies, "policies").iterator(); each.hasNext(); ) {
            JsonNode policy = each.next();
            ArrayNode applied = list(policy, "profiles");
            boolean changed = removeIf(applied, profile -> gone.contains(profile.asText()));
            boolean goes = name(policy).equals("mcp")
                    || removeIf(list(policy, "conditions"), condition -> isOurs(condition, "condition"))
                    || changed && applied.isEmpty();
            if (goes) {
                each.remove();
            }
            tell(lines, "policy", policy, goes, changed);
        }
        if (lines.isEmpty()) {
            lines.add("absent    client policies of this extension");
        }
        lines.addAll(ofProfiles.isEmpty() ? List.of("absent    client profiles of this extension") : ofProfiles);
        return lines;
    }

    /** Puts back what was set aside, the description too. */
    private static void putBack(ObjectNode item, String parts) throws IOException {
        String description = item.path("description").asText("");
        if (!description.startsWith(NOTE)) {
            return;
        }
        JsonNode note = new ObjectMapper().readTree(description.substring(NOTE.length()));
        ArrayNode all = item.hasNonNull(parts) ? (ArrayNode) item.get(parts) : item.putArray(parts);
        for (JsonNode part : note.required(parts)) {
            int at = part.required("at").asInt();
            all.insert(Math.min(at, all.size()), ((ObjectNode) part).without("at"));
        }
        if (note.path("description").isTextual()) {
            item.set("description", note.get("description"));
        } else {
            item.remove("description");
        }
    }

    private static void tell(List<String> lines, String kind, JsonNode item, boolean goes, boolean changed) {
        String what = "client " + kind + " " + name(item).replaceAll("\\p{Cntrl}", " ");
        if (goes) {
            lines.add("removed   " + what);
        } else if (changed) {
            lines.add("changed   " + what + ": only what is of this extension is removed");
        }
    }

    /** A condition or an executor of the extension, whatever the version. */
    private static boolean isOurs(JsonNode item, String member) {
        return item.required(member).asText().startsWith("mcp-");
    }

    private static String name(JsonNode item) {
        return item.required("name").asText();
    }

    private static ArrayNode list(JsonNode item, String member) {
        return item.hasNonNull(member) ? (ArrayNode) item.get(member) : new ObjectMapper().createArrayNode();
    }

    private static boolean removeIf(ArrayNode list, Predicate<JsonNode> what) {
        boolean removed = false;
        for (Iterator<JsonNode> each = list.iterator(); each.hasNext(); ) {
            if (what.test(each.next())) {
                each.remove();
                removed = true;
            }
        }
        return removed;
    }
}
