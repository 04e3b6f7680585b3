package dev.keycloakmcp.linkage.provider;

import dev.keycloakmcp.linkage.LinkCheck;
import dev.keycloakmcp.linkage.Misfit;
import dev.keycloakmcp.linkage.Overriding;
import dev.keycloakmcp.linkage.TypeShape;
import dev.keycloakmcp.linkage.Use;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.stream.Stream;

/**
 * The outcome of a check.
 *
 * @param needs how many distinct things of Keycloak and its libraries this extension needs
 * @param overrides how many of its methods take the place of Keycloak's
 * @param misfits what would fail
 */
record LinkReport(long needs, int overrides, SortedSet<Misfit> misfits) {

    /** The methods that overrode something when this was built, one a line. */
    static final String RECORD = "META-INF/keycloak-mcp/overrides.txt";

    /** Methods that override one of a newer Keycloak than this is built with, and are meant to, one a line. */
    static final String LATER = "META-INF/keycloak-mcp/overrides-later.txt";

    private static final String OURS = "dev/keycloakmcp/";

    /**
     * Checks our classes.
     *
     * @param ours the jar or the folder of our classes
     * @param others jars of Keycloak and of its libraries
     * @throws IOException when something of it cannot be read
     */
    static LinkReport of(Path ours, List<Path> others) throws IOException {
        try (ClassFiles files = open(ours, others)) {
            LinkCheck check = check(files);
            List<byte[]> classes = files.first();
            List<Use> uses = classes.stream()
                    .flatMap(each -> ClassFile.uses(each).stream())
                    .toList();
            List<TypeShape> shapes = shapes(classes);
            List<Overriding> recorded = recorded(files, RECORD);
            List<Overriding> meant = new ArrayList<>(recorded(files, LATER));
            meant.retainAll(check.overridings(shapes));
            meant.addAll(recorded);
            return new LinkReport(check.needs(uses), recorded.size(), check.misfits(shapes, uses, meant));
        }
    }

    private static List<Overriding> recorded(ClassFiles files, String resource) throws IOException {
        return files.lines(resource).stream()
                .map(Overriding::parse)
                .flatMap(Optional::stream)
                .toList();
    }

    /** The lines to record when this is built. */
    static List<String> overrides(Path ours, List<Path> others) throws IOException {
        try (ClassFiles files = open(ours, others)) {
            return check(files).overridings(shapes(files.first())).stream()
                    .map(Overriding::line)
                    .toList();
        }
    }

    private static ClassFiles open(Path ours, List<Path> others) throws IOException {
        return new ClassFiles(Stream.concat(Stream.of(ours), others.stream()).toList());
    }

    private static LinkCheck check(ClassFiles files) {
        return new LinkCheck(files.world(), name -> !name.startsWith(OURS) && !name.startsWith("java/"));
    }

    private static List<TypeShape> shapes(List<byte[]> classes) {
        return classes.stream().map(ClassFile::shape).toList();
    }
}
