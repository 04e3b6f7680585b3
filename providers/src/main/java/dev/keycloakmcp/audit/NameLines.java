package dev.keycloakmcp.audit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The names in a row as one text: that of the client that asked, of the subject's client and of the actors, a line each. */
public final class NameLines {

    private static final String END = "\n";

    private NameLines() {}

    /** The text; empty where no client has a name. */
    public static Optional<String> of(AuditRow row) {
        return row.names().isEmpty()
                ? Optional.empty()
                : Optional.of(
                        ids(row).map(id -> id.flatMap(row::nameOf).orElse("")).collect(Collectors.joining(END)));
    }

    /** The row with the names that a text of it says. */
    public static AuditRow read(AuditRow row, String text) {
        String[] names = text.split(END, -1);
        List<Optional<String>> ids = ids(row).toList();
        Map<String, String> named = new HashMap<>();
        for (int i = 0; i < Math.min(names.length, ids.size()); i++) {
            String name = names[i];
            ids.get(i).filter(id -> !name.isEmpty()).ifPresent(id -> named.put(id, name));
        }
        return row.with(row.subject(), named);
    }

    private static Stream<Optional<String>> ids(AuditRow row) {
        return Stream.concat(
                Stream.of(row.client(), row.subject().flatMap(AuditRow.Subject::clientId)),
                row.actors().stream().map(Optional::of));
    }
}
