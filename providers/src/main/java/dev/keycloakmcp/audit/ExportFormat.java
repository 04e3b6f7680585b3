package dev.keycloakmcp.audit;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How rows leave in bulk. */
public enum ExportFormat {
    /** One JSON object a line. */
    JSONL("application/jsonl"),
    /** RFC 4180, with a header. */
    CSV("text/csv;charset=UTF-8;header=present");

    private final String mediaType;

    ExportFormat(String mediaType) {
        this.mediaType = mediaType;
    }

    /** The value of the query parameter, and the ending of a file. */
    public String value() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The media type of the answer. */
    public String mediaType() {
        return mediaType;
    }

    /** The format of that value. */
    public static Optional<ExportFormat> of(String value) {
        return Arrays.stream(values())
                .filter(format -> format.value().equals(value))
                .findFirst();
    }
}
