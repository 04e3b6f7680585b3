package dev.keycloakmcp.itest.delegation;

import dev.keycloakmcp.itest.server.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;

/** A table of the documentation, cell by cell. */
final class DocTable {

    private DocTable() {}

    /**
     * The rows of a table.
     *
     * @param file the page, below {@code docs}
     * @param header how its first line begins
     */
    static List<List<String>> rows(String file, String header) {
        try {
            String page = Files.readString(Workspace.root().resolve("docs").resolve(file));
            int start = page.indexOf("\n" + header);
            if (start < 0) {
                throw new IllegalArgumentException("No table " + header);
            }
            String table = page.substring(start + 1);
            int end = table.indexOf("\n\n");
            return table.substring(0, end < 0 ? table.length() : end)
                    .lines()
                    .skip(2)
                    .map(line -> Arrays.stream(
                                    line.substring(1, line.lastIndexOf('|')).split("\\|"))
                            .map(cell -> cell.replace("`", "").trim())
                            .toList())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One cell of every row. */
    static List<String> column(String file, String header, int column) {
        return rows(file, header).stream().map(row -> row.get(column)).toList();
    }
}
