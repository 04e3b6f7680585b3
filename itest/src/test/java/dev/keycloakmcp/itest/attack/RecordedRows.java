package dev.keycloakmcp.itest.attack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The names of the attacks that are rows of one method: a line for each, with the method and the row. */
final class RecordedRows {

    private static final Path FILE = Path.of("src", "test", "resources", "attack", "rows.tsv");
    private static final int LONGEST = 160;

    private RecordedRows() {}

    static String key(Method method) {
        return method.getDeclaringClass().getName() + "#" + method.getName();
    }

    /** A display name as it can stand in a line: without the number that JUnit gives, and no longer than a line should be. */
    static String name(String displayName) {
        String name = displayName
                .replaceFirst("^\\[\\d+] ", "")
                .codePoints()
                .mapToObj(c -> isShown(c) ? Character.toString(c) : String.format("\\u%04x", c))
                .collect(Collectors.joining())
                .strip();
        return name.length() <= LONGEST ? name : name.substring(0, LONGEST) + "...";
    }

    /** False for characters that change how those around them look, such as marks of direction, and for none at all. */
    private static boolean isShown(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    /** The recorded rows by {@link #key}. */
    static SortedMap<String, SortedSet<String>> read() {
        try {
            SortedMap<String, SortedSet<String>> rows = new TreeMap<>();
            if (Files.exists(FILE)) {
                for (String line : Files.readAllLines(FILE)) {
                    int tab = line.indexOf('\t');
                    rows.computeIfAbsent(line.substring(0, tab), key -> new TreeSet<>())
                            .add(line.substring(tab + 1));
                }
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static synchronized void write(String method, SortedSet<String> names) {
        SortedMap<String, SortedSet<String>> rows = read();
        rows.put(method, names);
        write(rows);
    }

    static synchronized void write(SortedMap<String, SortedSet<String>> rows) {
        try {
            Files.writeString(
                    FILE,
                    rows.entrySet().stream()
                            .flatMap(
                                    entry -> entry.getValue().stream().map(name -> entry.getKey() + "\t" + name + "\n"))
                            .collect(Collectors.joining()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
