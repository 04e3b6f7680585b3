package dev.keycloakmcp.linkage;

import java.lang.reflect.Modifier;

/**
 * A member where it is declared.
 *
 * @param type that declares it
 * @param access flags of the member (JVMS tables 4.5-A and 4.6-A)
 */
record Declaration(TypeShape type, int access) {

    boolean isAbstract() {
        return Modifier.isAbstract(access);
    }

    boolean isStatic() {
        return Modifier.isStatic(access);
    }

    boolean isFinal() {
        return Modifier.isFinal(access);
    }

    /** True when a subclass in this package may have a method in its place. */
    boolean isOverridableFrom(String packageName) {
        boolean visible = Modifier.isPublic(access)
                || Modifier.isProtected(access)
                || !Modifier.isPrivate(access) && type.packageName().equals(packageName);
        return visible && !isStatic();
    }
}
