package dev.keycloakmcp.linkage.provider;

import dev.keycloakmcp.linkage.Member;
import dev.keycloakmcp.linkage.TypeShape;
import dev.keycloakmcp.linkage.Use;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.ClassNode;

/** A class file, read by ASM. */
final class ClassFile {

    private static final int FLAGS = 0xFFFF;

    private ClassFile() {}

    /** The shape of a class: what others see of it. */
    static TypeShape shape(byte[] file) {
        ClassNode node = read(file, ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        Map<Member, Integer> fields = new HashMap<>();
        node.fields.forEach(field -> fields.put(new Member(field.name, field.desc), field.access & FLAGS));
        Map<Member, Integer> methods = new HashMap<>();
        node.methods.forEach(method -> methods.put(new Member(method.name, method.desc), method.access & FLAGS));
        // The flags of a nested class are those of its declaration: its own file calls a protected one public.
        int access = node.innerClasses.stream()
                .filter(inner -> inner.name.equals(node.name))
                .findFirst()
                .map(inner -> inner.access)
                .orElse(node.access);
        return new TypeShape(node.name, access & FLAGS, node.superName, node.interfaces, fields, methods);
    }

    /** All that a class needs of others. */
    static List<Use> uses(byte[] file) {
        return new UseCollector(read(file, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES)).collect();
    }

    private static ClassNode read(byte[] file, int options) {
        ClassNode node = new ClassNode();
        new ClassReader(file).accept(node, options);
        return node;
    }
}
