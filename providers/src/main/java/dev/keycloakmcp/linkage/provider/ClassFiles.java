package dev.keycloakmcp.linkage.provider;

import dev.keycloakmcp.linkage.TypeShape;
import dev.keycloakmcp.linkage.TypeWorld;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The classes of jars and folders, those of an earlier one before the same of a later one, and Java's own behind them. */
final class ClassFiles implements AutoCloseable {

    private static final String SUFFIX = ".class";

    private final List<FileSystem> opened = new ArrayList<>();
    private final List<Path> roots = new ArrayList<>();
    private final Map<String, List<Path>> packages = new HashMap<>();
    private final Map<String, Optional<TypeShape>> shapes = new HashMap<>();

    /**
     * Opens them.
     *
     * @param places jars and folders
     * @throws IOException when one of them is neither
     */
    ClassFiles(Collection<Path> places) throws IOException {
        for (Path place : places) {
            roots.add(root(place));
        }
    }

    private Path root(Path place) throws IOException {
        if (Files.isDirectory(place)) {
            return place;
        }
        FileSystem jar = FileSystems.newFileSystem(place, Map.of());
        opened.add(jar);
        return jar.getPath("/");
    }

    TypeWorld world() {
        return new TypeWorld(name -> shapes.computeIfAbsent(name, this::shape));
    }

    private Optional<TypeShape> shape(String name) {
        try {
            for (Path folder : folders(name.substring(0, Math.max(0, name.lastIndexOf('/'))))) {
                Path file = folder.resolve(name.substring(name.lastIndexOf('/') + 1) + SUFFIX);
                if (Files.exists(file)) {
                    return Optional.of(ClassFile.shape(Files.readAllBytes(file)));
                }
            }
            try (InputStream own = ClassLoader.getPlatformClassLoader().getResourceAsStream(name + SUFFIX)) {
                return own == null ? Optional.empty() : Optional.of(ClassFile.shape(own.readAllBytes()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where classes of a package are: in few of hundreds of jars. */
    private List<Path> folders(String packageName) {
        return packages.computeIfAbsent(packageName, name -> roots.stream()
                .map(root -> root.resolve(name))
                .filter(Files::isDirectory)
                .toList());
    }

    /** The files of all classes of the first place. */
    List<byte[]> first() throws IOException {
        try (Stream<Path> files = Files.walk(roots.get(0))) {
            List<byte[]> read = new ArrayList<>();
            for (Path file :
                    files.filter(each -> each.toString().endsWith(SUFFIX)).toList()) {
                read.add(Files.readAllBytes(file));
            }
            return read;
        }
    }

    /** The lines of a file of the first place; none where it has no such file. */
    List<String> lines(String name) throws IOException {
        Path file = roots.get(0).resolve(name);
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    @Override
    public void close() throws IOException {
        for (FileSystem jar : opened) {
            jar.close();
        }
    }
}
