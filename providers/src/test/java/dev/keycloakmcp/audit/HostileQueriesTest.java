package dev.keycloakmcp.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.HostileValues;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Filters, ids, cells and paths of the audit trail as nobody should ask for them. */
class HostileQueriesTest {

    @Provide
    Arbitrary<String> texts() {
        return HostileValues.texts();
    }

    @Property
    void a_filter_is_as_rows_keep_it_however_often_it_is_cut(@ForAll AuditField field, @ForAll("texts") String value) {
        field.problem(value).ifPresent(problem -> assertThat(problem).startsWith("must"));
        AuditFilter filter = AuditFilter.all().with(field, value);
        String kept = filter.value(field).orElseThrow();
        assertThat(kept).hasSizeLessThanOrEqualTo(600).doesNotContain("\u0000", "\r", "\n");
        assertThat(field.fit(kept)).isEqualTo(kept);
    }

    @Property
    void an_id_has_one_form(@ForAll("texts") String text) {
        RowId.time(text).ifPresent(time -> assertThat(text).matches("[0-9a-f-]{36}"));
        assertThat(ExportFormat.of(text)).isEmpty();
        Grouping.of(text);
        RowType.of(text);
    }

    @Property
    void no_path_leaves_the_page(@ForAll("texts") String path) {
        assertThat(PageFile.at(path + "x")).isEmpty();
        assertThat(PageFile.at("../" + path)).isEmpty();
        assertThat(PageFile.at(path + "/index.html")).isEmpty();
    }

    @Property
    void no_text_breaks_out_of_the_page(@ForAll("texts") String text) {
        assertThat(PageTemplate.fill("<a title=\"{{value}}\">", Map.of("value", text))
                        .substring("<a title=\"".length()))
                .matches("(?s)[^<>\"']*\">");
    }

    @Property
    void no_cell_is_a_formula_or_two_cells(@ForAll("texts") String text, @ForAll("texts") String other) {
        String line = Csv.line(List.of(text, other));
        String cell = Csv.line(List.of(text));
        assertThat(line).startsWith(cell.substring(0, cell.length() - 2) + ",").endsWith("\r\n");
        String start = cell.startsWith("\"") ? cell.substring(1) : cell;
        assertThat(start.stripLeading()).doesNotMatch("(?s)[=+@|%-].*");
    }

    @Property
    void a_reason_has_no_control_characters(@ForAll("texts") String reason) {
        if (Suspension.problem(reason).isEmpty()) {
            assertThat(reason.chars()).noneMatch(Character::isISOControl);
            assertThat(reason).hasSizeLessThanOrEqualTo(Suspension.LONGEST_REASON);
        }
    }
}
