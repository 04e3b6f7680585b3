package dev.keycloakmcp.linkage;

/**
 * A field or a method by its name and descriptor (JVMS section 4.3).
 *
 * @param name such as {@code getName} or {@code <init>}
 * @param descriptor such as {@code ()Ljava/lang/String;}
 */
public record Member(String name, String descriptor) {

    /** True for a constructor or a static initialiser, which nobody inherits. */
    boolean isInitializer() {
        return name.startsWith("<");
    }

    @Override
    public String toString() {
        return name + (descriptor.startsWith("(") ? "" : " ") + descriptor;
    }
}
