package dev.keycloakmcp.audit;

import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.ListedId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A row as JSON object and as line of CSV. */
public final class RowDocument {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private static final List<String> COLUMNS = List.of(
            "id",
            "time",
            "type",
            "outcome",
            "reason",
            "grant",
            "subject_id",
            "subject_username",
            "actors",
            "client_id",
            "resource",
            "scope",
            "jti",
            "parent_jti",
            "session",
            "ip",
            "error",
            "detail");

    private RowDocument() {}

    /** A time in ISO 8601, UTC, with milliseconds. */
    public static String time(long epochMillis) {
        return TIME.format(Instant.ofEpochMilli(epochMillis));
    }

    /** The members of the JSON object; what has no value is left out. */
    public static Map<String, Object> json(AuditRow row) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("id", row.id());
        members.put("time", time(row.time()));
        members.put("type", row.type().value());
        members.put("outcome", row.outcome().value());
        put(members, "reason", row.reason());
        put(members, "grant", row.grant());
        put(members, "subject", row.subject().map(RowDocument::json));
        put(members, "act", row.chain().map(ActorChain::toClaim));
        if (!row.actors().isEmpty()) {
            members.put("actors", row.actors());
        }
        put(members, "client_id", row.client());
        put(members, "resource", row.resource());
        put(members, "scope", scope(row));
        put(members, "jti", row.tokenId());
        put(members, "parent_jti", row.parentTokenId());
        put(members, "session", row.sessionId());
        put(members, "ip", row.ip());
        put(members, "error", row.error());
        put(members, "detail", row.detail());
        return members;
    }

    /** The members of the JSON object that stands for a subject. */
    public static Map<String, Object> json(AuditRow.Subject subject) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("id", subject.id());
        put(members, "username", subject.username());
        return members;
    }

    /** The first line of CSV. */
    public static String csvHeader() {
        return Csv.line(COLUMNS);
    }

    /** The line of a row; actors newest first, separated by spaces, each as {@link ListedId} writes it. */
    public static String csv(AuditRow row) {
        return Csv.line(List.of(
                row.id(),
                time(row.time()),
                row.type().value(),
                row.outcome().value(),
                row.reason().orElse(""),
                row.grant().orElse(""),
                row.subject().map(AuditRow.Subject::id).orElse(""),
                row.subject().flatMap(AuditRow.Subject::username).orElse(""),
                row.actors().stream().map(ListedId::of).collect(Collectors.joining(" ")),
                row.client().orElse(""),
                row.resource().orElse(""),
                scope(row).orElse(""),
                row.tokenId().orElse(""),
                row.parentTokenId().orElse(""),
                row.sessionId().orElse(""),
                row.ip().orElse(""),
                row.error().orElse(""),
                row.detail().orElse("")));
    }

    private static Optional<String> scope(AuditRow row) {
        return row.scopes().isEmpty() ? Optional.empty() : Optional.of(String.join(" ", row.scopes()));
    }

    private static void put(Map<String, Object> members, String name, Optional<?> value) {
        value.ifPresent(present -> members.put(name, present));
    }
}
