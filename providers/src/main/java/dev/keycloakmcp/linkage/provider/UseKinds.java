package dev.keycloakmcp.linkage.provider;

import dev.keycloakmcp.linkage.Use;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;

/** The kinds of use, from the instructions of the machine (JVMS section 6.5). */
final class UseKinds {

    private UseKinds() {}

    static Use.Kind ofField(int opcode) {
        return switch (opcode) {
            case Opcodes.GETSTATIC -> Use.Kind.STATIC_FIELD;
            case Opcodes.PUTFIELD, Opcodes.PUTSTATIC -> Use.Kind.WRITTEN_FIELD;
            default -> Use.Kind.FIELD;
        };
    }

    static Use.Kind ofCall(int opcode, boolean ofInterface, String name) {
        if (opcode == Opcodes.INVOKESTATIC) {
            return Use.Kind.STATIC_METHOD;
        }
        if (opcode == Opcodes.INVOKESPECIAL && !name.equals("<init>")) {
            return Use.Kind.SUPER_METHOD;
        }
        return ofInterface ? Use.Kind.INTERFACE_METHOD : Use.Kind.METHOD;
    }

    /** The kind of a reference to a method: it does as the instruction would. */
    static Use.Kind ofHandle(Handle method) {
        int opcode =
                switch (method.getTag()) {
                    case Opcodes.H_INVOKESTATIC -> Opcodes.INVOKESTATIC;
                    case Opcodes.H_INVOKESPECIAL -> Opcodes.INVOKESPECIAL;
                    default -> Opcodes.INVOKEVIRTUAL;
                };
        return ofCall(opcode, method.isInterface(), method.getName());
    }
}
