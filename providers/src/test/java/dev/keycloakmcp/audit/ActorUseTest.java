package dev.keycloakmcp.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ActorUseTest {

    private static ActorUse usedAt(OptionalLong time) {
        return new ActorUse("a", Optional.empty(), Optional.empty(), time, OptionalLong.of(1));
    }

    @Test
    void unused_is_who_was_not_used_since() {
        assertThat(usedAt(OptionalLong.of(5)).isUnusedSince(OptionalLong.empty()))
                .isTrue();
        assertThat(usedAt(OptionalLong.of(5)).isUnusedSince(OptionalLong.of(5))).isFalse();
        assertThat(usedAt(OptionalLong.of(5)).isUnusedSince(OptionalLong.of(6))).isTrue();
        assertThat(usedAt(OptionalLong.empty()).isUnusedSince(OptionalLong.of(0)))
                .isTrue();
    }

    @Test
    void json_says_why_somebody_was_stopped() {
        assertThat(usedAt(OptionalLong.empty()).json())
                .isEqualTo(Map.of("client_id", "a", "suspended", false, "count", 1L));
        assertThat(new ActorUse(
                                "a",
                                Optional.of("Agent"),
                                Optional.of(new ActorUse.Stop("odd", OptionalLong.of(1000), Optional.of("root"))),
                                OptionalLong.of(2000),
                                OptionalLong.of(3))
                        .json())
                .isEqualTo(Map.of(
                        "client_id", "a",
                        "name", "Agent",
                        "suspended", true,
                        "reason", "odd",
                        "suspended_at", "1970-01-01T00:00:01.000Z",
                        "suspended_by", "root",
                        "last_used", "1970-01-01T00:00:02.000Z",
                        "count", 3L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "a\nb", "\uD800"})
    void reasons_are_text(String reason) {
        assertThat(Suspension.problem(reason).orElseThrow()).startsWith("reason m");
    }

    @Test
    void reasons_have_a_length() {
        assertThat(Suspension.problem("x".repeat(500))).isEmpty();
        assertThat(Suspension.problem("x".repeat(501))).contains("reason may have 500 characters");
    }

    @Test
    void formats_have_names() {
        assertThat(ExportFormat.of("jsonl")).contains(ExportFormat.JSONL);
        assertThat(ExportFormat.of("CSV")).isEmpty();
        assertThat(ExportFormat.CSV.mediaType()).isEqualTo("text/csv;charset=UTF-8;header=present");
        assertThat(ExportFormat.JSONL.mediaType()).isEqualTo("application/jsonl");
    }
}
