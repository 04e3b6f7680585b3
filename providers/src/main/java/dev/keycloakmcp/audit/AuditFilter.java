package dev.keycloakmcp.audit;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Which rows are asked for: those that meet all conditions.
 *
 * @param values what fields have to be
 * @param from earliest time, milliseconds since the epoch, inclusive
 * @param to latest time, milliseconds since the epoch, inclusive
 */
public record AuditFilter(Map<AuditField, String> values, OptionalLong from, OptionalLong to) {

    public AuditFilter {
        Map<AuditField, String> fitting = new EnumMap<>(AuditField.class);
        values.forEach((field, value) -> fitting.put(field, field.fit(value)));
        values = Map.copyOf(fitting);
    }

    /** All rows. */
    public static AuditFilter all() {
        return new AuditFilter(Map.of(), OptionalLong.empty(), OptionalLong.empty());
    }

    /** The value that a field has to have. */
    public Optional<String> value(AuditField field) {
        return Optional.ofNullable(values.get(field));
    }

    /** The same, and a field has to have a value. */
    public AuditFilter with(AuditField field, String value) {
        Map<AuditField, String> more = new EnumMap<>(AuditField.class);
        more.putAll(values);
        more.put(field, value);
        return new AuditFilter(more, from, to);
    }

    /** The same, but where it says nothing of type, outcome or reason, of tokens only: who was refused did not act. */
    public AuditFilter ofTokens() {
        return Stream.of(AuditField.TYPE, AuditField.OUTCOME, AuditField.REASON).anyMatch(values::containsKey)
                ? this
                : with(AuditField.TYPE, RowType.TOKEN.value());
    }

    /** Ids of the rows in time are not below this one. */
    public Optional<String> leastId() {
        return from.isPresent() ? Optional.of(RowId.least(from.getAsLong())) : Optional.empty();
    }

    /** Ids of the rows in time are below this one. */
    public Optional<String> endId() {
        return to.isPresent() && to.getAsLong() < Long.MAX_VALUE
                ? Optional.of(RowId.least(to.getAsLong() + 1))
                : Optional.empty();
    }
}
