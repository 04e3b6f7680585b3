package dev.keycloakmcp.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RealmLabelsTest {

    private final RealmLabels labels = new RealmLabels(2);

    @Test
    void the_first_realms_have_labels_of_their_own_and_all_others_share_one() {
        assertThat(labels.of("a")).isEqualTo("a");
        assertThat(labels.of("b")).isEqualTo("b");
        assertThat(labels.of("c")).isEqualTo(RealmLabels.OTHER);
        assertThat(labels.of("d")).isEqualTo("other");
        assertThat(labels.of("a")).isEqualTo("a");
        assertThat(labels.of("b")).isEqualTo("b");
    }

    @Test
    void a_realm_that_is_gone_makes_room() {
        labels.of("a");
        labels.of("b");

        assertThat(labels.forget("a"::equals)).isEqualTo(Set.of("a"));
        assertThat(labels.forget("a"::equals)).isEmpty();
        assertThat(labels.of("c")).isEqualTo("c");
        assertThat(labels.of("a")).isEqualTo(RealmLabels.OTHER);
    }

    @Test
    void a_realm_without_a_label_of_its_own_is_not_forgotten() {
        labels.of("a");
        labels.of("b");
        labels.of("c");

        assertThat(labels.forget("c"::equals)).isEmpty();
    }

    @Test
    void there_are_no_more_labels_than_that_however_many_ask_at_once() {
        long own = IntStream.range(0, 1000)
                .parallel()
                .filter(i -> !labels.of("realm-" + i % 50).equals(RealmLabels.OTHER))
                .mapToObj(i -> "realm-" + i % 50)
                .distinct()
                .count();

        assertThat(own).isEqualTo(2);
    }
}
