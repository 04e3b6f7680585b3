package dev.keycloakmcp.linkage;

import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A class or an interface as its class file describes it. Names are internal ones, with slashes.
 *
 * @param name of it
 * @param access flags (JVMS table 4.1-B); those of a nested class as its declaration has them
 * @param superclass of it; null for {@code java/lang/Object} alone
 * @param interfaces that it names itself
 * @param fields that it declares, with their flags
 * @param methods that it declares, with their flags
 */
public record TypeShape(
        String name,
        int access,
        @Nullable String superclass,
        List<String> interfaces,
        Map<Member, Integer> fields,
        Map<Member, Integer> methods) {

    public TypeShape {
        interfaces = List.copyOf(interfaces);
        fields = Map.copyOf(fields);
        methods = Map.copyOf(methods);
    }

    boolean isInterface() {
        return Modifier.isInterface(access);
    }

    boolean isAbstract() {
        return Modifier.isAbstract(access);
    }

    boolean isFinal() {
        return Modifier.isFinal(access);
    }

    /** True when another package may name it; a nested class that is protected is public to the machine. */
    boolean isReachable() {
        return Modifier.isPublic(access) || Modifier.isProtected(access);
    }

    /** The package of it, with slashes. */
    String packageName() {
        return name.substring(0, Math.max(0, name.lastIndexOf('/')));
    }
}
