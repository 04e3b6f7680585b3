package dev.keycloakmcp.linkage;

import org.jspecify.annotations.Nullable;

/**
 * Something that a class of ours needs.
 *
 * @param kind of use
 * @param user the class that needs it
 * @param owner the class that is named
 * @param member of the owner; null where the class itself is needed
 */
public record Use(
        Kind kind, String user, String owner, @Nullable Member member) {

    /** The kinds of use, as the machine tells them apart. */
    public enum Kind {
        TYPE,
        /** A class of which an object is made. */
        NEW,
        SUPERCLASS,
        INTERFACE,
        STATIC_FIELD,
        FIELD,
        WRITTEN_FIELD,
        STATIC_METHOD,
        METHOD,
        INTERFACE_METHOD,
        /** A method of the superclass itself, or of an interface, that one in its place calls. */
        SUPER_METHOD,
        /** A lambda: the one abstract method that it implements. */
        LAMBDA
    }

    static Use of(Kind kind, String user, String owner) {
        return new Use(kind, user, owner, null);
    }

    /** The same need, whoever has it. */
    String need() {
        return kind + " " + subject();
    }

    /** The thing that is needed, as text. */
    String subject() {
        return member == null ? owner : owner + "." + member;
    }
}
