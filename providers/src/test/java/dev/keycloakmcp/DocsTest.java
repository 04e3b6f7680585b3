package dev.keycloakmcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pages lead to each other and to files that exist. */
class DocsTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** Folders that hold what a build or a tool made. */
    private static final Set<String> MADE = Set.of(".git", "target", "node_modules");

    private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```$");
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]*)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?) *$");
    private static final Pattern FILE_NAME =
            Pattern.compile("`([\\w/.-]*\\w\\.(?:java|js|sh|ftl|json|properties|xml))`");

    /** Two words in one, as names of classes are. */
    private static final Pattern CLASS_NAME = Pattern.compile("`([A-Z][a-z]+[A-Z]\\w*)`");

    private static final List<Path> FILES = files();

    @Test
    void every_relative_link_and_every_anchor_resolves() {
        List<String> dangling = new ArrayList<>();
        for (Path page : pages()) {
            Matcher link = LINK.matcher(prose(page));
            while (link.find()) {
                if (!link.group(1).matches("[a-z]+:.*") && !resolves(page, link.group(1))) {
                    dangling.add(ROOT.relativize(page) + ": " + link.group(1));
                }
            }
        }
        assertThat(dangling).isEmpty();
    }

    @Test
    void every_page_and_every_picture_can_be_reached_from_the_readme() {
        Set<Path> reached = new HashSet<>();
        reach(ROOT.resolve("README.md"), reached);
        assertThat(reached)
                .containsAll(FILES.stream()
                        .filter(file -> file.startsWith(ROOT.resolve("docs")))
                        .toList());
    }

    @Test
    void files_that_contributors_are_led_to_exist() {
        Set<String> known = FILES.stream()
                .flatMap(file -> Stream.of(
                        file.getFileName().toString(), ROOT.relativize(file).toString()))
                .collect(Collectors.toSet());
        for (String page : List.of("ARCHITECTURE.md", "CONTRIBUTING.md", "replaced-providers.md", "testing.md")) {
            String text = prose(ROOT.resolve("docs/contribute").resolve(page));
            assertThat(known)
                    .as("files and classes that docs/contribute/%s names", page)
                    .containsAll(Stream.concat(
                                    FILE_NAME.matcher(text).results().map(name -> name.group(1)),
                                    CLASS_NAME.matcher(text).results().map(name -> name.group(1) + ".java"))
                            .toList());
        }
    }

    @Test
    void every_room_is_on_the_plan() throws IOException {
        Set<String> rooms;
        try (Stream<Path> folders = Files.list(ROOT.resolve("providers/src/main/java/dev/keycloakmcp"))) {
            rooms = folders.map(folder -> folder.getFileName().toString()).collect(Collectors.toSet());
        }
        assertThat(Pattern.compile("(?m)^\\| `([a-z]+)` \\| \\d \\|")
                        .matcher(prose(ROOT.resolve("docs/contribute/ARCHITECTURE.md")))
                        .results()
                        .map(room -> room.group(1)))
                .containsExactlyInAnyOrderElementsOf(rooms);
    }

    private static void reach(Path page, Set<Path> reached) {
        if (!reached.add(page) || !page.toString().endsWith(".md")) {
            return;
        }
        LINK.matcher(prose(page))
                .results()
                .map(link -> link.group(1).replaceAll("#.*", ""))
                .filter(target -> !target.isEmpty() && !target.matches("[a-z]+:.*"))
                .map(target -> page.resolveSibling(target).normalize())
                .filter(Files::isRegularFile)
                .forEach(target -> reach(target, reached));
    }

    private static boolean resolves(Path page, String link) {
        int hash = link.indexOf('#');
        String target = hash < 0 ? link : link.substring(0, hash);
        Path file = target.isEmpty() ? page : page.resolveSibling(target).normalize();
        return Files.exists(file) && (hash < 0 || anchors(prose(file)).contains(link.substring(hash + 1)));
    }

    /** The anchors of a page's headings, as code hosts make them. */
    private static Collection<String> anchors(String page) {
        Map<String, Integer> seen = new HashMap<>();
        return HEADING.matcher(page)
                .results()
                .map(heading -> LINK.matcher(heading.group(1))
                        .replaceAll("")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .map(anchor -> {
                    int before = seen.merge(anchor, 1, Integer::sum) - 1;
                    return before == 0 ? anchor : anchor + "-" + before;
                })
                .toList();
    }

    private static List<Path> pages() {
        return FILES.stream().filter(file -> file.toString().endsWith(".md")).toList();
    }

    /** A page without its examples. */
    private static String prose(Path page) {
        try {
            return FENCED.matcher(Files.readString(page)).replaceAll("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> files() {
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    return MADE.contains(folder.getFileName().toString())
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    files.add(file);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }
}
