package dev.keycloakmcp.itest.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Catalogue, tests and page of the attack list fit each other. {@code -Ddocs.write=true} writes the page. */
class AttackListTest {

    private static final Path PAGE = Path.of("..", "docs", "reference", "attack-list.md");
    private static final String BEGIN = "<!-- generated -->\n";
    private static final String END = "<!-- /generated -->";
    private static final int FEWEST = 360;

    private static final List<Catalogue.Source> SOURCES = Catalogue.sources();
    private static final List<Attack> ATTACKS = Attack.all();

    private static List<Catalogue.Threat> threats() {
        return SOURCES.stream().flatMap(source -> source.threats().stream()).toList();
    }

    private static Set<String> tried() {
        return ATTACKS.stream()
                .flatMap(attack -> attack.threats().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void the_page_is_what_catalogue_and_tests_say() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        String generated = new AttackPage(SOURCES, ATTACKS).markdown();
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(PAGE, page.substring(0, begin) + generated + page.substring(end));
            return;
        }
        assertThat(page.substring(begin, end))
                .as("docs/reference/attack-list.md; rewrite it with -Ddocs.write=true")
                .isEqualTo(generated);
    }

    @Test
    void tests_name_threats_of_the_catalogue() {
        assertThat(threats())
                .extracting(Catalogue.Threat::id)
                .doesNotHaveDuplicates()
                .containsAll(tried());
    }

    @Test
    void every_threat_is_tried_or_has_a_reason_why_not() {
        Set<String> tried = tried();
        assertThat(threats())
                .filteredOn(threat ->
                        tried.contains(threat.id()) == (threat.outOfScope() != null || threat.awaits() != null))
                .extracting(Catalogue.Threat::id)
                .as("threats that neither a test tries nor a reason excuses, or both")
                .isEmpty();
        assertThat(threats())
                .filteredOn(threat -> (threat.control() == null) != (threat.outOfScope() != null))
                .extracting(Catalogue.Threat::id)
                .as("threats that neither have a control nor are out of scope, or both")
                .isEmpty();
    }

    @Test
    void there_are_enough_attacks_with_names_of_their_own() {
        assertThat(ATTACKS)
                .hasSizeGreaterThanOrEqualTo(FEWEST)
                .extracting(Attack::name)
                .doesNotHaveDuplicates();
    }

    @Test
    void rows_are_recorded_of_all_tests_that_have_some_and_of_no_others() {
        assertThat(RecordedRows.read().keySet())
                .as("rows.tsv; run the tests of the class with -Ddocs.write=true")
                .isEqualTo(Attack.methodsWithRows());
    }
}
