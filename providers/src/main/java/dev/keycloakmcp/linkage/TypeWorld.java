package dev.keycloakmcp.linkage;

import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All classes that can be found, ours, Keycloak's, its libraries' and Java's, and how they inherit. */
public final class TypeWorld {

    private final Function<String, Optional<TypeShape>> source;

    /** The world of what the source finds by its internal name. */
    public TypeWorld(Function<String, Optional<TypeShape>> source) {
        this.source = source;
    }

    Optional<TypeShape> find(String name) {
        return source.apply(name);
    }

    /** The type and all that it inherits from, in the order in which methods are looked for: classes first (JVMS 5.4.3.3). */
    List<TypeShape> lineage(TypeShape type) {
        Map<String, TypeShape> found = new LinkedHashMap<>();
        List<TypeShape> classes = new ArrayList<>();
        for (Optional<TypeShape> next = Optional.of(type); next.isPresent(); next = superclass(next.get())) {
            classes.add(next.get());
            found.put(next.get().name(), next.get());
        }
        classes.forEach(each -> each.interfaces().forEach(name -> addInterface(name, found)));
        return List.copyOf(found.values());
    }

    private void addInterface(String name, Map<String, TypeShape> found) {
        find(name).filter(type -> !found.containsKey(name)).ifPresent(type -> {
            found.put(name, type);
            type.interfaces().forEach(further -> addInterface(further, found));
        });
    }

    private Optional<TypeShape> superclass(TypeShape type) {
        return Optional.ofNullable(type.superclass()).flatMap(this::find);
    }

    /** True when all that the type inherits from is known, so that what is not found is really not there. */
    boolean isWhole(TypeShape type) {
        return lineage(type).stream()
                .allMatch(each ->
                        known(each.superclass()) && each.interfaces().stream().allMatch(this::known));
    }

    private boolean known(@Nullable String name) {
        return name == null || find(name).isPresent();
    }

    /** The declaration of the field which is seen in this type. */
    Optional<Declaration> field(TypeShape type, Member field) {
        return lineage(type).stream()
                .flatMap(each -> declaration(each, each.fields().get(field)))
                .findFirst();
    }

    /** The declaration of the method which is called by this name; a concrete one before an abstract one. */
    Optional<Declaration> method(TypeShape type, Member method) {
        List<Declaration> declared = (method.isInitializer() ? List.of(type) : lineage(type))
                .stream()
                        .flatMap(each -> declaration(each, each.methods().get(method)))
                        .toList();
        return declared.stream()
                .filter(each -> !each.type().isInterface())
                .findFirst()
                .or(() -> declared.stream().filter(each -> !each.isAbstract()).findFirst())
                .or(() -> declared.stream().findFirst());
    }

    /** The abstract methods of a type that nothing in its lineage implements, with who declares them. */
    Map<Member, String> unimplemented(TypeShape type) {
        Map<Member, String> missing = new LinkedHashMap<>();
        for (TypeShape each : lineage(type)) {
            each.methods().forEach((method, access) -> {
                if (Modifier.isAbstract(access)
                        && method(type, method).filter(Declaration::isAbstract).isPresent()) {
                    missing.putIfAbsent(method, each.name());
                }
            });
        }
        return missing;
    }

    /** The methods of the lineage, without the type itself, in whose place one of this type stands. */
    List<Declaration> overridden(TypeShape type, Member method) {
        return lineage(type).stream()
                .filter(each -> !each.equals(type))
                .flatMap(each -> declaration(each, each.methods().get(method)))
                .filter(each -> each.isOverridableFrom(type.packageName()))
                .toList();
    }

    boolean inherits(TypeShape type, String ancestor) {
        return lineage(type).stream().anyMatch(each -> each.name().equals(ancestor));
    }

    private static Stream<Declaration> declaration(TypeShape type, @Nullable Integer access) {
        return access == null ? Stream.empty() : Stream.of(new Declaration(type, access));
    }
}
