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
            "detail",
            "subject_client_id",
            "subject_client_name",
            "actor_names",
            "client_name");

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
        put(members, "subject", row.subject().map(subject -> subject(row, subject)));
        put(members, "act", row.chain().map(ActorChain::toClaim));
        parties(members, row);
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

    /** The members that tell one way to act from others: for whom, through whom, on what. */
    public static Map<String, Object> flow(AuditRow row) {
        Map<String, Object> members = new LinkedHashMap<>();
        put(members, "subject", row.subject().map(subject -> subject(row, subject)));
        parties(members, row);
        put(members, "resource", row.resource());
        return members;
    }

    private static void parties(Map<String, Object> members, AuditRow row) {
        if (!row.actors().isEmpty()) {
            members.put("actors", row.actors());
        }
        if (row.actors().stream().anyMatch(row.names()::containsKey)) {
            members.put("actor_names", names(row));
        }
        put(members, "client_id", row.client());
        put(members, "client_name", row.client().flatMap(row::nameOf));
    }

    private static Map<String, Object> subject(AuditRow row, AuditRow.Subject subject) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("id", subject.id());
        put(members, "username", subject.username());
        put(members, "client_id", subject.clientId());
        put(members, "client_name", subject.clientId().flatMap(row::nameOf));
        return members;
    }

    /** The names of the actors, newest first; empty for those without one. */
    private static List<String> names(AuditRow row) {
        return row.actors().stream()
                .map(clientId -> row.nameOf(clientId).orElse(""))
                .toList();
    }

    /** The first line of CSV. */
    public static String csvHeader() {
        return Csv.line(COLUMNS);
    }

    /** The line of a row; actors and their names newest first, separated by spaces, each as {@link ListedId} writes it. */
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
                listed(row.actors()),
                row.client().orElse(""),
                row.resource().orElse(""),
                scope(row).orElse(""),
                row.tokenId().orElse(""),
                row.parentTokenId().orElse(""),
                row.sessionId().orElse(""),
                row.ip().orElse(""),
                row.error().orElse(""),
                row.detail().orElse(""),
                row.subject().flatMap(AuditRow.Subject::clientId).orElse(""),
                row.subject()
                        .flatMap(AuditRow.Subject::clientId)
                        .flatMap(row::nameOf)
                        .orElse(""),
                row.actors().stream().anyMatch(row.names()::containsKey) ? listed(names(row)) : "",
                row.client().flatMap(row::nameOf).orElse("")));
    }

    private static String listed(List<String> texts) {
        return texts.stream().map(ListedId::of).collect(Collectors.joining(" "));
    }

    private static Optional<String> scope(AuditRow row) {
        return row.scopes().isEmpty() ? Optional.empty() : Optional.of(String.join(" ", row.scopes()));
    }

    private static void put(Map<String, Object> members, String name, Optional<?> value) {
        value.ifPresent(present -> members.put(name, present));
    }
}
