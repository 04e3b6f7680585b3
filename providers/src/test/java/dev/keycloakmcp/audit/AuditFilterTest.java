package dev.keycloakmcp.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.support.StoredText;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuditFilterTest {

    @Test
    void times_are_bounds_of_ids() {
        AuditFilter filter = new AuditFilter(Map.of(), OptionalLong.of(5), OptionalLong.of(7));
        assertThat(filter.leastId()).contains(RowId.least(5));
        assertThat(filter.endId()).contains(RowId.least(8));
        assertThat(AuditFilter.all().leastId()).isEmpty();
        assertThat(AuditFilter.all().endId()).isEmpty();
        assertThat(new AuditFilter(Map.of(), OptionalLong.empty(), OptionalLong.of(Long.MAX_VALUE)).endId())
                .isEmpty();
    }

    @Test
    void values_are_as_rows_keep_them() {
        AuditFilter filter = AuditFilter.all()
                .with(AuditField.RESOURCE, "https://\u00e4.example/" + "x".repeat(700))
                .with(AuditField.CLIENT, "a\u0000b");
        assertThat(filter.value(AuditField.RESOURCE).orElseThrow()).hasSize(600).startsWith("https://?.example/xx");
        assertThat(filter.value(AuditField.CLIENT)).contains("a?b");
        assertThat(filter.value(AuditField.ACTOR)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "OUTCOME, would-deny, true",
        "OUTCOME, would_deny, false",
        "TYPE, registration-update, true",
        "TYPE, TOKEN, false",
        "ACTOR, anything, true",
        "ACTOR, ' ', false",
        "SCOPE, '', false"
    })
    void values_that_cannot_occur_are_a_problem(AuditField field, String value, boolean fine) {
        assertThat(field.problem(value).isEmpty()).isEqualTo(fine);
        field.problem(value).ifPresent(problem -> assertThat(problem).startsWith("must"));
    }

    @Test
    void parameters_are_lower_case() {
        assertThat(AuditField.SUBJECT.parameter()).isEqualTo("subject");
        assertThat(AuditField.OUTCOME.problem("x")).contains("must be one of allow, deny, would-deny, would-narrow");
        assertThat(AuditField.TYPE.problem("x").orElseThrow()).startsWith("must be one of token, refusal, ");
        assertThat(Grouping.of("flow")).contains(Grouping.FLOW);
        assertThat(Grouping.of("FLOW")).isEmpty();
        assertThat(RowType.of("suspension")).contains(RowType.SUSPENSION);
        assertThat(Outcome.of("")).isEmpty();
    }

    @Property
    void text_is_cut_between_characters(@ForAll String text, @ForAll @IntRange(max = 40) int length) {
        String fitting = StoredText.fit(text, length);
        assertThat(fitting.length()).isLessThanOrEqualTo(Math.min(length, text.length()));
        assertThat(fitting.codePoints())
                .allMatch(character ->
                        !Character.isISOControl(character) && Character.getType(character) != Character.SURROGATE);
        assertThat(text.length() - fitting.length()).isLessThanOrEqualTo(Math.max(0, text.length() - length) + 1);
        String ascii = StoredText.fitAscii(text, length);
        assertThat(ascii).hasSize(Math.min(length, text.length()));
        assertThat(ascii.chars()).allMatch(character -> character >= ' ' && character < 0x7f);
    }

    @Test
    void text_that_is_cut_says_so() {
        assertThat(StoredText.cut("0123456789abc", 12)).isEqualTo("012345678...");
        assertThat(StoredText.cut("0123456789ab", 12)).isEqualTo("0123456789ab");
        assertThat(StoredText.cut("0123456789abc", 11)).isEqualTo("0123456789a");
        assertThat(StoredText.cut("01234567\uD83D\uDE009abc", 12)).isEqualTo("01234567...");
        assertThat(StoredText.fit("\u0000123456789abc", 12)).isEqualTo("?12345678...");
        assertThat(StoredText.fitAscii("\u00e4123456789abc", 12)).isEqualTo("?12345678...");
    }

    @Test
    void text_that_fits_stays() {
        assertThat(StoredText.fit("a\uD83D\uDE00\u00e4", 4)).isEqualTo("a\uD83D\uDE00\u00e4");
        assertThat(StoredText.fit("a\uD83D\uDE00", 2)).isEqualTo("a");
        assertThat(StoredText.fit("\uD83Dx\u001f\u007f\u0085 ", 9)).isEqualTo("?x??? ");
        assertThat(StoredText.fitAscii(" ~\u007f\u001f", 9)).isEqualTo(" ~??");
    }

    @Test
    void counts_are_of_tokens_unless_other_rows_are_asked_for() {
        assertThat(AuditFilter.all()
                        .with(AuditField.SUBJECT, "alice")
                        .ofTokens()
                        .value(AuditField.TYPE))
                .contains("token");
        for (AuditFilter other : List.of(
                AuditFilter.all().with(AuditField.TYPE, "refusal"),
                AuditFilter.all().with(AuditField.OUTCOME, "deny"),
                AuditFilter.all().with(AuditField.REASON, "ok"))) {
            assertThat(other.ofTokens()).isEqualTo(other);
        }
    }
}
