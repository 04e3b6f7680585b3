package dev.keycloakmcp.registration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.fetch.FetchFailure.Meaning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DocumentLifeTest {

    private static final long NOW = 1_800_000_000;
    private static final long DAY = 86_400;

    private static final DocumentLife GOOD = DocumentLife.fetched(NOW, 600);

    @Test
    void a_fresh_document_is_not_fetched_again() {
        assertThat(GOOD.isDue(NOW + 599)).isFalse();
        assertThat(GOOD.isDue(NOW + 600)).isTrue();
        assertThat(GOOD.allowsLogin(NOW + 599)).isTrue();
    }

    @Test
    void while_its_host_is_silent_the_last_good_one_counts_for_seven_days() {
        DocumentLife silent = GOOD.failed(Meaning.UNREACHABLE);
        assertThat(silent.isDue(NOW)).isTrue();
        assertThat(silent.allowsLogin(NOW + 7 * DAY - 1)).isTrue();
        assertThat(silent.allowsRefresh(NOW + 7 * DAY - 1)).isTrue();
        assertThat(silent.allowsLogin(NOW + 7 * DAY)).isFalse();
        assertThat(silent.allowsRefresh(NOW + 7 * DAY)).isFalse();
        assertThat(silent.expires()).isEqualTo(NOW + 7 * DAY);
        assertThat(silent.fetchedAt()).isEqualTo(NOW);
    }

    @ParameterizedTest
    @EnumSource(
            value = Meaning.class,
            names = {"GONE", "INVALID"})
    void a_withdrawn_one_lets_nobody_in_and_ends_logins_as_it_expires(Meaning meaning) {
        DocumentLife withdrawn = GOOD.failed(meaning);
        assertThat(withdrawn.failing()).contains(meaning);
        assertThat(withdrawn.isDue(NOW + 1)).isTrue();
        assertThat(withdrawn.allowsLogin(NOW + 1)).isFalse();
        assertThat(withdrawn.allowsRefresh(NOW + 7 * DAY - 1)).isTrue();
        assertThat(withdrawn.allowsRefresh(NOW + 7 * DAY)).isFalse();
    }

    @Test
    void a_host_that_falls_silent_after_it_withdrew_a_document_does_not_bring_it_back() {
        DocumentLife withdrawn = GOOD.failed(Meaning.GONE).failed(Meaning.UNREACHABLE);
        assertThat(withdrawn.failing()).contains(Meaning.GONE);
        assertThat(withdrawn.allowsLogin(NOW + 1)).isFalse();
        assertThat(GOOD.failed(Meaning.UNREACHABLE).failed(Meaning.INVALID).allowsLogin(NOW + 1))
                .isFalse();
        assertThat(GOOD.failed(Meaning.GONE).failed(Meaning.INVALID).failing()).contains(Meaning.INVALID);
    }

    @Test
    void longer_freshness_than_the_grace_counts() {
        DocumentLife life = DocumentLife.fetched(NOW, 8 * DAY);
        assertThat(life.allowsLogin(NOW + 8 * DAY - 1)).isTrue();
        assertThat(life.expires()).isEqualTo(NOW + 8 * DAY);
    }

    @Test
    void a_pinned_one_lasts_and_is_never_fetched() {
        DocumentLife pinned = DocumentLife.pinned(NOW);
        assertThat(pinned.isDue(NOW + 1000 * DAY)).isFalse();
        assertThat(pinned.allowsLogin(NOW + 1000 * DAY)).isTrue();
        assertThat(pinned.allowsRefresh(NOW + 1000 * DAY)).isTrue();
        assertThat(pinned.failed(Meaning.GONE)).isEqualTo(pinned);
        assertThat(pinned.expires()).isEqualTo(Long.MAX_VALUE);
    }
}
