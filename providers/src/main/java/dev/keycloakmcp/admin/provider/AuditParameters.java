package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.audit.AuditField;
import dev.keycloakmcp.audit.AuditFilter;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;

/** The parameters that say which rows of the audit trail are asked for. */
final class AuditParameters {

    static final String FROM = "from";
    static final String TO = "to";

    private AuditParameters() {}

    /** The parameters of a query that takes these and the further ones. */
    static QueryParameters of(AdminRequest request, String... further) {
        return request.parameters(Stream.of(
                        Arrays.stream(AuditField.values()).map(AuditField::parameter),
                        Stream.of(FROM, TO),
                        Arrays.stream(further))
                .flatMap(names -> names)
                .toArray(String[]::new));
    }

    /** The rows that they stand for. */
    static AuditFilter filter(QueryParameters parameters) {
        Map<AuditField, String> values = new EnumMap<>(AuditField.class);
        for (AuditField field : AuditField.values()) {
            parameters.text(field.parameter()).ifPresent(value -> {
                field.problem(value).ifPresent(problem -> {
                    throw parameters.invalid(field.parameter(), problem);
                });
                values.put(field, value);
            });
        }
        return new AuditFilter(values, parameters.time(FROM, false), parameters.time(TO, true));
    }
}
