package dev.keycloakmcp.admin.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keycloakmcp.admin.RealmSetup;
import dev.keycloakmcp.admin.SetupPart;
import dev.keycloakmcp.admin.SetupRemoval;
import dev.keycloakmcp.admin.SetupStep;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.keycloak.representations.idm.ClientPoliciesRepresentation;
import org.keycloak.representations.idm.ClientProfilesRepresentation;

/** {@code realm-config/ClientPolicies.java}, for servers without the extension, does what the server does with it. */
class RemovalWithoutExtensionTest {

    private static final Path SCRIPT = Path.of("..", "realm-config", "ClientPolicies.java");
    private static final Path CLASSES = Path.of("target", "realm-config");

    private static final ObjectMapper JSON = new ObjectMapper().setSerializationInclusion(JsonInclude.Include.NON_NULL);

    private static final List<String> NAMES = List.of("mcp", "keys", "\"mcp\", ü", "a\nb", "x");

    @BeforeContainer
    static void compile() throws IOException {
        Files.createDirectories(CLASSES);
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "--release", "17", "-d", CLASSES.toString(), SCRIPT.toString()))
                .isZero();
    }

    @Property
    void both_leave_the_same(@ForAll("profiles") ObjectNode profiles, @ForAll("policies") ObjectNode policies)
            throws IOException {
        StoredPolicies stored = new StoredPolicies(
                JSON.treeToValue(profiles, ClientProfilesRepresentation.class),
                JSON.treeToValue(policies, ClientPoliciesRepresentation.class));
        List<SetupStep> steps = SetupRemoval.steps(
                        new RealmSetup(
                                Optional.empty(),
                                stored.profileList().stream()
                                        .map(SetupReader::facts)
                                        .toList(),
                                stored.policyList().stream()
                                        .map(SetupReader::facts)
                                        .toList(),
                                List.of(),
                                false,
                                Optional.empty(),
                                new RealmSetup.Theme("", true),
                                new RealmSetup.Events(false, Set.of(), false),
                                List.of(),
                                true),
                        Optional.empty())
                .stream()
                .filter(step -> Set.of(SetupPart.CLIENT_POLICY, SetupPart.CLIENT_PROFILE)
                        .contains(step.part()))
                .toList();

        List<String> lines = clean(policies, profiles);

        assertThat(lines).isEqualTo(steps.stream().map(SetupStep::line).toList());
        Set<String> gone = removed(steps, SetupPart.CLIENT_PROFILE);
        assertThat(policies).isEqualTo(tree(stored.withoutPolicies(removed(steps, SetupPart.CLIENT_POLICY), gone)));
        assertThat(profiles).isEqualTo(tree(stored.withoutProfiles(gone)));
    }

    private static Set<String> removed(List<SetupStep> steps, SetupPart part) {
        return steps.stream()
                .filter(step -> step.part() == part && step.change() == SetupStep.Change.REMOVED)
                .map(SetupStep::name)
                .collect(Collectors.toSet());
    }

    private static JsonNode tree(Object representation) {
        return JSON.valueToTree(representation);
    }

    @SuppressWarnings("unchecked")
    private static List<String> clean(ObjectNode policies, ObjectNode profiles) throws IOException {
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {CLASSES.toUri().toURL()}, JsonNode.class.getClassLoader())) {
            Method clean =
                    loader.loadClass("ClientPolicies").getDeclaredMethod("clean", ObjectNode.class, ObjectNode.class);
            clean.setAccessible(true);
            return (List<String>) clean.invoke(null, policies, profiles);
        } catch (ClassNotFoundException | NoSuchMethodException | IllegalAccessException e) {
            throw new IllegalStateException(e);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    @Provide
    Arbitrary<ObjectNode> profiles() {
        Arbitrary<ArrayNode> executors = ids("executor", "mcp-delegation", "mcp-other", "pkce-enforcer", "mcp");
        return named(executors.map(list -> JSON.createObjectNode().set("executors", list)), "profiles");
    }

    @Provide
    Arbitrary<ObjectNode> policies() {
        Arbitrary<ArrayNode> applied = Arbitraries.of(NAMES)
                .list()
                .uniqueElements()
                .ofMaxSize(3)
                .map(names -> {
                    ArrayNode list = JSON.createArrayNode();
                    names.forEach(list::add);
                    return list;
                });
        return named(
                Combinators.combine(ids("condition", "mcp-client", "any-client", "mcpx"), applied)
                        .as((conditions, profiles) -> {
                            ObjectNode policy = JSON.createObjectNode();
                            policy.put("enabled", true);
                            policy.set("conditions", conditions);
                            policy.set("profiles", profiles);
                            return policy;
                        }),
                "policies");
    }

    private static Arbitrary<ArrayNode> ids(String member, String... ids) {
        return Arbitraries.of(ids).list().ofMaxSize(3).map(chosen -> {
            ArrayNode list = JSON.createArrayNode();
            chosen.forEach(id ->
                    list.addObject().put(member, id).putObject("configuration").put("key", "value"));
            return list;
        });
    }

    /** Up to four of them, each with another name. */
    private static Arbitrary<ObjectNode> named(Arbitrary<ObjectNode> items, String member) {
        return Combinators.combine(
                        Arbitraries.of(NAMES).list().uniqueElements().ofMaxSize(4),
                        items.list().ofSize(4))
                .as((names, chosen) -> {
                    ObjectNode all = JSON.createObjectNode();
                    ArrayNode list = all.putArray(member);
                    for (int i = 0; i < names.size(); i++) {
                        list.add(chosen.get(i).deepCopy().put("name", names.get(i)));
                    }
                    return all;
                });
    }
}
