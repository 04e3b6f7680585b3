package dev.keycloakmcp.linkage;

import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
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
        return lineage(type).stream().allMatch(each -> known(each.superclass())
                && each.interfaces().stream().allMatch(this::known));
    }

    private boolean known(@Nullable String name) {
        return name == null || find(name).isPresent();
    }

    /** The type that declares the field which is seen in this one. */
    Optional<TypeShape> declaringField(TypeShape type, Member field) {
        return lineage(type).stream()
                .filter(each -> each.fields().containsKey(field))
                .findFirst();
    }

    /** The type that declares the method which is called by this name; a concrete one before an abstract one. */
    Optional<TypeShape> declaringMethod(TypeShape type, Member method) {
        List<TypeShape> declaring = (method.isInitializer() ? List.of(type) : lineage(type)).stream()
                .filter(each -> each.methods().containsKey(method))
                .toList();
        return declaring.stream()
                .filter(each -> !each.isInterface())
                .findFirst()
                .or(() -> declaring.stream()
                        .filter(each -> !Modifier.isAbstract(each.methods().get(method)))
                        .findFirst())
                .or(() -> declaring.stream().findFirst());
    }

    /** The abstract methods of a type that nothing in its lineage implements, with who declares them. */
    Map<Member, String> unimplemented(TypeShape type) {
        Map<Member, String> missing = new LinkedHashMap<>();
        for (TypeShape each : lineage(type)) {
            each.methods().forEach((method, access) -> {
                if (Modifier.isAbstract(access) && isAbstractIn(type, method)) {
                    missing.putIfAbsent(method, each.name());
                }
            });
        }
        return missing;
    }

    private boolean isAbstractIn(TypeShape type, Member method) {
        return declaringMethod(type, method)
                .map(declaring -> declaring.methods().get(method))
                .filter(Modifier::isAbstract)
                .isPresent();
    }

    /** The types of the lineage, without the type itself, that have the method for others to override. */
    Set<TypeShape> overridden(TypeShape type, Member method) {
        Set<TypeShape> overridden = new LinkedHashSet<>();
        for (TypeShape each : lineage(type)) {
            Integer access = each.methods().get(method);
            if (!each.equals(type)
                    && access != null
                    && !Modifier.isStatic(access)
                    && !Modifier.isPrivate(access)
                    && (Modifier.isPublic(access)
                            || Modifier.isProtected(access)
                            || each.packageName().equals(type.packageName()))) {
                overridden.add(each);
            }
        }
        return overridden;
    }

    boolean inherits(TypeShape type, String ancestor) {
        return lineage(type).stream().anyMatch(each -> each.name().equals(ancestor));
    }
}
