package dev.keycloakmcp.linkage.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

class KcCheckTest {

    private static final Path CLASSES = Path.of("target", "classes");

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final KcCheck command = new KcCheck(new PrintStream(said, true, StandardCharsets.UTF_8));

    @Test
    void a_folder_without_a_keycloak_is_a_wrong_argument(@TempDir Path folder) throws IOException {
        assertThat(command.run(List.of(folder.toString()))).isEqualTo(2);
        assertThat(command.run(List.of())).isEqualTo(2);
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("usage: kc-check.sh KEYCLOAK_HOME");
    }

    @Test
    void an_empty_keycloak_does_not_fit(@TempDir Path home) throws IOException {
        Files.createDirectories(home.resolve("lib/lib/main"));
        Files.writeString(home.resolve("version.txt"), "Keycloak - Version 99.1.0\n");
        assertThat(command.run(List.of(home.toString()))).isEqualTo(1);
        assertThat(said.toString(StandardCharsets.UTF_8))
                .startsWith("Keycloak MCP Policies")
                .contains("does NOT fit Keycloak 99.1.0")
                .contains("org/keycloak/models/KeycloakSession is gone");
    }

    @Test
    void nothing_is_said_of_a_jar_that_cannot_be_read(@TempDir Path home) throws IOException {
        Path main = Files.createDirectories(home.resolve("lib/lib/main"));
        Path text = Files.writeString(home.resolve("text.txt"), "no jar");
        assertThat(command.answer(List.of(home.toString(), text.toString()))).isEqualTo(2);
        Files.writeString(main.resolve("broken.jar"), "no jar");
        assertThat(command.answer(List.of(home.toString()))).isEqualTo(2);
        assertThat(said.toString(StandardCharsets.UTF_8).lines()).hasSize(2).allSatisfy(line -> assertThat(line)
                .startsWith("Cannot be read"));
    }

    @Test
    void what_is_compiled_against_fits_and_overrides_as_recorded() throws IOException {
        List<Path> jars = classpath();
        LinkReport report = LinkReport.of(CLASSES, jars);
        assertThat(report.misfits()).isEmpty();
        assertThat(report.needs()).isGreaterThan(793);
        assertThat(Files.readAllLines(CLASSES.resolve(LinkReport.RECORD)))
                .isEqualTo(LinkReport.overrides(CLASSES, jars))
                .hasSize(report.overrides());
    }

    /** From 26.8 on, as its sources tell, there is a method that refuses tokens with actors; ours takes its place. */
    @Test
    void a_method_that_a_newer_keycloak_adds_for_ours_to_override_fits(@TempDir Path newer) throws IOException {
        String name = "org/keycloak/protocol/oidc/tokenexchange/StandardTokenExchangeProvider";
        ClassWriter writer = new ClassWriter(0);
        try (InputStream in = KcCheckTest.class.getClassLoader().getResourceAsStream(name + ".class")) {
            new ClassReader(Objects.requireNonNull(in)).accept(writer, 0);
        }
        String descriptor = "(Lorg/keycloak/representations/AccessToken;)V";
        MethodVisitor method =
                writer.visitMethod(Opcodes.ACC_PROTECTED, "validateSubjectToken", descriptor, null, null);
        method.visitCode();
        method.visitInsn(Opcodes.RETURN);
        method.visitMaxs(0, 2);
        method.visitEnd();
        Path file = newer.resolve(name + ".class");
        Files.createDirectories(file.getParent());
        Files.write(file, writer.toByteArray());
        List<Path> jars = new ArrayList<>(List.of(newer));
        jars.addAll(classpath());

        assertThat(LinkReport.of(CLASSES, jars).misfits()).isEmpty();
        assertThat(LinkReport.overrides(CLASSES, jars))
                .contains("dev/keycloakmcp/actor/provider/ActorAwareExchange validateSubjectToken " + descriptor);
    }

    /** Needs something in each way that the machine tells apart. */
    abstract static class Needy extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        @Override
        public int size() {
            Supplier<Object> made = StringBuilder::new;
            Function<String, Integer> parsed = Integer::parseInt;
            return super.size()
                    + parsed.apply(made.get() + File.separator)
                    + List.of(new int[0][0]).size();
        }
    }

    @Test
    void needs_are_told_apart() throws IOException {
        Path file =
                Path.of("target", "test-classes", Needy.class.getName().replace('.', File.separatorChar) + ".class");
        assertThat(ClassFile.uses(Files.readAllBytes(file)))
                .extracting(use -> use.kind() + " " + use.owner() + (use.member() == null ? "" : "." + use.member()))
                .contains(
                        "SUPERCLASS java/util/ArrayList",
                        "SUPER_METHOD java/util/ArrayList.size()I",
                        "LAMBDA java/util/function/Supplier.get()Ljava/lang/Object;",
                        "NEW java/lang/StringBuilder",
                        "METHOD java/lang/StringBuilder.<init>()V",
                        "STATIC_METHOD java/lang/Integer.parseInt(Ljava/lang/String;)I",
                        "STATIC_FIELD java/io/File.separator Ljava/lang/String;",
                        "INTERFACE_METHOD java/util/List.size()I",
                        "TYPE java/lang/Integer")
                .doesNotContain("METHOD java/util/ArrayList.size()I");
    }

    private static List<Path> classpath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(path -> path.toString().endsWith(".jar"))
                .toList();
    }
}
