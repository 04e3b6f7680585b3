package dev.keycloakmcp.itest.reports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page of reports is what the rows say. {@code -Ddocs.write=true} writes it. */
class PublicReportsPageTest {

    private static final Path PAGE = Path.of("..", "docs", "contribute", "reports.md");
    private static final String BEGIN = "<!-- generated -->\n";
    private static final String END = "<!-- /generated -->";
    private static final int FEWEST = 60;

    private static final List<PublicReport> REPORTS = PublicReport.all();

    @Test
    void the_table_is_what_the_rows_say() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(PAGE, page.substring(0, begin) + table() + page.substring(end));
            return;
        }
        assertThat(page.substring(begin, end))
                .as("docs/contribute/reports.md; rewrite it with -Ddocs.write=true")
                .isEqualTo(table());
    }

    @Test
    void there_are_enough_reports_each_with_one_row() {
        assertThat(REPORTS)
                .hasSizeGreaterThanOrEqualTo(FEWEST)
                .extracting(PublicReport::id)
                .allMatch(id -> id.matches("[\\w.-]+/[\\w.-]+#\\d+"))
                .doesNotHaveDuplicates();
    }

    private static String table() {
        return "| report | what was tried | right answer | here |\n|---|---|---|---|\n"
                + REPORTS.stream().map(PublicReportsPageTest::row).collect(Collectors.joining());
    }

    private static String row(PublicReport report) {
        return "| [%s](%s) | %s | %s | %s |\n"
                .formatted(
                        report.id(),
                        report.address(),
                        report.tried(),
                        report.answer(),
                        report.wasFault() ? "was a fault, mended" : "was right");
    }
}
