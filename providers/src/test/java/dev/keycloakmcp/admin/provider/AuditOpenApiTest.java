package dev.keycloakmcp.admin.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.audit.AuditField;
import dev.keycloakmcp.audit.Suspension;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** docs/reference/audit.openapi.json has every call of the resources, no other, and every filter. */
class AuditOpenApiTest {

    private static final java.nio.file.Path DOCUMENT =
            java.nio.file.Path.of("..", "docs", "reference", "audit.openapi.json");
    private static final Map<Class<? extends Annotation>, String> METHODS =
            Map.of(GET.class, "get", PUT.class, "put", DELETE.class, "delete");

    private static JsonNode document() throws IOException {
        return new ObjectMapper().readTree(DOCUMENT.toFile());
    }

    private static Stream<String> calls(String root, Class<?> resource) {
        return Arrays.stream(resource.getDeclaredMethods()).flatMap(method -> call(root, method).stream());
    }

    private static Optional<String> call(String root, Method method) {
        return METHODS.entrySet().stream()
                .filter(each -> method.isAnnotationPresent(each.getKey()))
                .map(each -> each.getValue() + " " + root
                        + Optional.ofNullable(method.getAnnotation(Path.class))
                                .map(path -> "/" + path.value())
                                .orElse(""))
                .findFirst();
    }

    @Test
    void every_call_is_in_the_document() throws IOException {
        Set<String> documented = new TreeSet<>();
        document().get("paths").properties().forEach(path -> path.getValue()
                .fieldNames()
                .forEachRemaining(method -> documented.add(method + " " + path.getKey())));
        documented.removeIf(each -> each.startsWith("parameters "));
        Set<String> served = Stream.concat(
                        calls("/delegations", DelegationsResource.class), calls("/actors", ActorsResource.class))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(served).hasSize(8);
        assertThat(documented).isEqualTo(served);
    }

    @Test
    void the_longest_reason_in_the_document_is_the_one_that_is_taken() throws IOException {
        assertThat(document()
                        .at("/paths/~1actors~1{client-id}~1suspension/put/requestBody/content/application~1json/schema"
                                + "/properties/reason/maxLength")
                        .asInt())
                .isEqualTo(Suspension.LONGEST_REASON);
    }

    @Test
    void every_filter_is_in_the_document() throws IOException {
        List<String> filters = Stream.concat(
                        Arrays.stream(AuditField.values()).map(AuditField::parameter),
                        Stream.of(AuditParameters.FROM, AuditParameters.TO))
                .toList();
        Map<String, List<String>> further = new LinkedHashMap<>();
        further.put("/delegations", List.of(DelegationsResource.CURSOR, QueryParameters.FIRST, QueryParameters.MAX));
        further.put("/delegations/summary", List.of(DelegationsResource.BY, QueryParameters.MAX));
        further.put("/delegations/export", List.of(DelegationsResource.FORMAT));
        JsonNode paths = document().get("paths");
        further.forEach((path, more) -> assertThat(StreamSupport.stream(
                                paths.at("/" + path.replace("/", "~1") + "/get/parameters")
                                        .spliterator(),
                                false)
                        .map(parameter -> parameter.get("name").asText()))
                .as(path)
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(filters.stream(), more.stream()).toList()));
    }
}
