package dev.keycloakmcp.itest.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Catalogue, tests and page of the attack list fit each other. */
class AttackListTest {

    private static final List<Catalogue.Source> SOURCES = Catalogue.sources();
    private static final List<Attack> ATTACKS = Attack.all();

    @Test
    void tests_name_threats_of_the_catalogue() {
        Set<String> named = ATTACKS.stream()
                .flatMap(attack -> attack.threats().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(SOURCES.stream().flatMap(source -> source.threats().stream()).map(Catalogue.Threat::id))
                .doesNotHaveDuplicates()
                .containsAll(named);
    }

    @Test
    void attacks_have_names_of_their_own() {
        assertThat(ATTACKS).extracting(Attack::name).doesNotHaveDuplicates();
    }
}
