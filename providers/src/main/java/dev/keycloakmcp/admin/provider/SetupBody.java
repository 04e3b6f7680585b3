package dev.keycloakmcp.admin.provider;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.policy.ExecutorSettings;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The body of {@code PUT setup}: {@code {"enforcement": "enforce" | "report"}}, or none. */
final class SetupBody {

    private SetupBody() {}

    /** The mode that it asks for, if any; refused where it holds anything else. */
    static Optional<EnforcementMode> enforcement(@Nullable String body) {
        if (body == null || body.isBlank()) {
            return Optional.empty();
        }
        return JsonBody.read(body, ExecutorSettings.ENFORCEMENT.key())
                .member(ExecutorSettings.ENFORCEMENT.key())
                .map(SetupBody::mode);
    }

    private static EnforcementMode mode(JsonNode value) {
        return Arrays.stream(EnforcementMode.values())
                .filter(mode -> value.isTextual() && mode.value().equals(value.asText()))
                .findFirst()
                .orElseThrow(
                        () -> AdminRequest.invalid(ExecutorSettings.ENFORCEMENT.key() + " must be enforce or report"));
    }
}
