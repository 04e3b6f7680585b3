package dev.keycloakmcp.itest.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.commons.io.FileUtils;
import org.jspecify.annotations.Nullable;

/**
 * A Keycloak installation of its own for each variant: the untouched distribution (large files as hard
 * links), our jars in {@code providers/}, built once and reused until a jar or an option changes. One
 * server at a time lives in it; a second one with the same options gets another home.
 */
final class KeycloakHome implements AutoCloseable {

    private static final int MOST_AT_ONCE = 8;
    private static final long BUILD_MINUTES = 5;

    private final String name;
    private final Path folder;
    private final FileChannel lockFile;
    private final FileLock lock;

    private KeycloakHome(String name, Path folder, FileChannel lockFile, FileLock lock) {
        this.name = name;
        this.folder = folder;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    static KeycloakHome claim(ServerOptions options, Consumer<String> progress) {
        try {
            Files.createDirectories(Workspace.homes());
            Files.createDirectories(Workspace.logs());
            for (int number = 1; number <= MOST_AT_ONCE; number++) {
                String name = options.variant() + (number == 1 ? "" : "-" + number);
                KeycloakHome home = tryToClaim(name);
                if (home != null) {
                    try {
                        home.prepare(options, progress);
                        return home;
                    } catch (IOException | RuntimeException | Error e) {
                        home.close();
                        throw e;
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException(MOST_AT_ONCE + " servers of " + options.variant() + " are running already");
    }

    String name() {
        return name;
    }

    Path folder() {
        return folder;
    }

    Path script() {
        return folder.resolve("bin/kc.sh");
    }

    Path dataImport() {
        return folder.resolve("data/import");
    }

    @Override
    public void close() {
        try {
            if (lock.isValid()) {
                lock.release();
            }
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable KeycloakHome tryToClaim(String name) throws IOException {
        Path homes = Workspace.homes();
        FileChannel file =
                FileChannel.open(homes.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = file.tryLock();
        } catch (OverlappingFileLockException heldByThisJvm) {
            lock = null;
        }
        if (lock == null) {
            file.close();
            return null;
        }
        return new KeycloakHome(name, homes.resolve(name), file, lock);
    }

    private void prepare(ServerOptions options, Consumer<String> progress) throws IOException {
        Path source = Workspace.distribution(options.version());
        Distribution distribution = new Distribution(source, options.version());
        List<String> arguments = buildArguments(options, distribution, progress);
        List<Path> jars = Workspace.providers(options);
        Path stampFile = folder.resolve("built-from.txt");
        String stamp = stamp(distribution, jars, arguments);
        if (!Files.exists(stampFile) || !Files.readString(stampFile).equals(stamp)) {
            FileUtils.deleteDirectory(folder.toFile());
            copy(source, folder);
            for (Path jar : jars) {
                Files.copy(jar, folder.resolve("providers").resolve(jar.getFileName()));
            }
            build(arguments, progress);
            Files.writeString(stampFile, stamp);
        }
        FileUtils.deleteDirectory(folder.resolve("data").toFile());
        Files.createDirectories(dataImport());
        for (Path realm : options.realmImports()) {
            Files.copy(realm, dataImport().resolve(realm.getFileName()));
        }
    }

    private static List<String> buildArguments(
            ServerOptions options, Distribution distribution, Consumer<String> progress) {
        List<String> arguments = new ArrayList<>(options.buildArguments());
        if (arguments.stream().noneMatch(argument -> argument.startsWith("--db="))) {
            arguments.add("--db=dev-mem");
        }
        arguments.add("--health-enabled=true");
        arguments.add("--metrics-enabled=true");
        List<String> features = new ArrayList<>(options.features());
        for (String unknown : distribution.unknown(options.features())) {
            progress.accept("Keycloak " + distribution.version() + " does not know the feature " + unknown);
            features.remove(unknown);
        }
        if (!features.isEmpty()) {
            arguments.add("--features=" + String.join(",", features));
        }
        return arguments;
    }

    private void build(List<String> arguments, Consumer<String> progress) throws IOException {
        progress.accept("building " + name + " " + String.join(" ", arguments));
        Path log = Workspace.logs().resolve(name + "-build.log");
        List<String> command = new ArrayList<>(List.of("sh", script().toString(), "build"));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(log.toFile());
        ServerProcess.ownEnvironment(builder.environment());
        builder.environment().put("JAVA_OPTS_KC_HEAP", "-Xms512m -Xmx1g");
        // A build is one burst: the optimising compiler never pays off.
        builder.environment().put("JAVA_OPTS_APPEND", "-XX:TieredStopAtLevel=1");
        Process process = builder.start();
        Thread ender = new Thread(() -> ServerProcess.killTree(process));
        Runtime.getRuntime().addShutdownHook(ender);
        try {
            if (!process.waitFor(BUILD_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IllegalStateException("kc.sh build failed, see " + log + "\n" + LogFile.tail(log, 30));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while Keycloak was built", e);
        } finally {
            ServerProcess.killTree(process);
            ServerProcess.removeHook(ender);
        }
    }

    private static String stamp(Distribution distribution, List<Path> jars, List<String> arguments) throws IOException {
        StringBuilder stamp = new StringBuilder(distribution.stamp());
        for (Path jar : jars) {
            stamp.append(jar.getFileName())
                    .append(' ')
                    .append(sha256(Files.readAllBytes(jar)))
                    .append('\n');
        }
        arguments.forEach(argument -> stamp.append(argument).append('\n'));
        return stamp.toString();
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(to.resolve(from.relativize(folder)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path inside = from.relativize(file);
                Path copy = to.resolve(inside);
                if (inside.startsWith("lib/lib")) {
                    link(file, copy);
                } else if (!isOfAnInstallation(inside)) {
                    Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** True for what a download does not have, or has without effect: the tests see nobody's database or providers. */
    private static boolean isOfAnInstallation(Path inside) {
        return inside.startsWith("data")
                || inside.equals(Path.of("conf", "keycloak.conf"))
                || inside.startsWith("providers") && inside.toString().endsWith(".jar");
    }

    private static void link(Path file, Path copy) throws IOException {
        try {
            Files.createLink(copy, file);
        } catch (UnsupportedOperationException | IOException noHardLinksHere) {
            Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
    }
}
