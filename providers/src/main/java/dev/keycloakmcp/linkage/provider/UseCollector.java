package dev.keycloakmcp.linkage.provider;

import dev.keycloakmcp.linkage.Member;
import dev.keycloakmcp.linkage.Use;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.MultiANewArrayInsnNode;
import org.objectweb.asm.tree.TryCatchBlockNode;
import org.objectweb.asm.tree.TypeInsnNode;

/** Collects the needs of one class. Annotations are none: the machine leaves out those that it cannot find. */
final class UseCollector {

    private final ClassNode node;
    private final Set<Use> uses = new LinkedHashSet<>();

    UseCollector(ClassNode node) {
        this.node = node;
    }

    List<Use> collect() {
        if (node.superName != null) {
            add(Use.Kind.SUPERCLASS, node.superName, null);
        }
        node.interfaces.forEach(name -> add(Use.Kind.INTERFACE, name, null));
        node.fields.forEach(field -> type(Type.getType(field.desc)));
        node.methods.forEach(this::method);
        return new ArrayList<>(uses);
    }

    private void method(MethodNode method) {
        type(Type.getMethodType(method.desc));
        method.exceptions.forEach(name -> type(Type.getObjectType(name)));
        for (TryCatchBlockNode block : method.tryCatchBlocks) {
            if (block.type != null) {
                type(Type.getObjectType(block.type));
            }
        }
        for (AbstractInsnNode instruction : method.instructions) {
            instruction(instruction);
        }
    }

    private void instruction(AbstractInsnNode instruction) {
        if (instruction instanceof FieldInsnNode field) {
            field(UseKinds.ofField(field.getOpcode()), field.owner, field.name, field.desc);
        } else if (instruction instanceof MethodInsnNode call) {
            call(UseKinds.ofCall(call.getOpcode(), call.itf, call.name), call.owner, call.name, call.desc);
        } else if (instruction instanceof InvokeDynamicInsnNode dynamic) {
            dynamic(dynamic);
        } else if (instruction instanceof TypeInsnNode typed) {
            type(Type.getObjectType(typed.desc));
            if (typed.getOpcode() == Opcodes.NEW) {
                add(Use.Kind.NEW, typed.desc, null);
            }
        } else if (instruction instanceof LdcInsnNode constant) {
            constant(constant.cst);
        } else if (instruction instanceof MultiANewArrayInsnNode array) {
            type(Type.getType(array.desc));
        }
    }

    private void field(Use.Kind kind, String owner, String name, String descriptor) {
        // A class writes its own final fields when it is made.
        if (kind != Use.Kind.WRITTEN_FIELD || !owner.equals(node.name)) {
            add(kind, owner, new Member(name, descriptor));
        }
        type(Type.getType(descriptor));
    }

    private void call(Use.Kind kind, String owner, String name, String descriptor) {
        add(kind, owner, new Member(name, descriptor));
        type(Type.getMethodType(descriptor));
    }

    /** Of a lambda: the interface, its method, and what the lambda calls. */
    private void dynamic(InvokeDynamicInsnNode dynamic) {
        type(Type.getMethodType(dynamic.desc));
        boolean lambda = dynamic.bsm.getOwner().equals("java/lang/invoke/LambdaMetafactory");
        if (lambda && dynamic.bsmArgs[0] instanceof Type method) {
            String owner = Type.getReturnType(dynamic.desc).getInternalName();
            add(Use.Kind.LAMBDA, owner, new Member(dynamic.name, method.getDescriptor()));
        }
        for (Object argument : dynamic.bsmArgs) {
            constant(argument);
        }
    }

    private void constant(Object constant) {
        if (constant instanceof Type type) {
            type(type);
        } else if (constant instanceof Handle handle) {
            handle(handle);
        }
    }

    private void handle(Handle handle) {
        if (handle.getDesc().startsWith("(")) {
            call(UseKinds.ofHandle(handle), handle.getOwner(), handle.getName(), handle.getDesc());
        } else {
            field(Use.Kind.FIELD, handle.getOwner(), handle.getName(), handle.getDesc());
        }
        if (handle.getTag() == Opcodes.H_NEWINVOKESPECIAL) {
            add(Use.Kind.NEW, handle.getOwner(), null);
        }
    }

    private void type(Type type) {
        switch (type.getSort()) {
            case Type.ARRAY -> type(type.getElementType());
            case Type.OBJECT -> add(Use.Kind.TYPE, type.getInternalName(), null);
            case Type.METHOD -> {
                type(type.getReturnType());
                for (Type argument : type.getArgumentTypes()) {
                    type(argument);
                }
            }
            default -> {
                // a primitive type needs nobody
            }
        }
    }

    private void add(Use.Kind kind, String owner, @Nullable Member member) {
        if (!owner.startsWith("[")) {
            uses.add(new Use(kind, node.name, owner, member));
        }
    }
}
