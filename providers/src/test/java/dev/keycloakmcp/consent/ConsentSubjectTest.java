package dev.keycloakmcp.consent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConsentSubjectTest {

    private static final ConsentSubject SUBJECT =
            new ConsentSubject("alice", "client", "https://mcp.example.com", "loopback", Set.of("read", "write"));

    private static ConsentSubject with(Set<String> scopes) {
        return new ConsentSubject(
                SUBJECT.userId(), SUBJECT.clientId(), SUBJECT.server(), SUBJECT.answerTarget(), scopes);
    }

    @Test
    void an_answer_covers_the_same_and_less() {
        assertThat(SUBJECT.isCoveredBy(SUBJECT.keys())).isTrue();
        assertThat(with(Set.of("read")).isCoveredBy(SUBJECT.keys())).isTrue();
        assertThat(with(Set.of()).isCoveredBy(SUBJECT.keys())).isTrue();
    }

    @Test
    void an_answer_does_not_cover_more() {
        assertThat(SUBJECT.isCoveredBy(Set.of())).isFalse();
        assertThat(with(Set.of()).isCoveredBy(Set.of())).isFalse();
        assertThat(SUBJECT.isCoveredBy(with(Set.of("read")).keys())).isFalse();
        assertThat(SUBJECT.newScopes(with(Set.of("read")).keys())).containsExactly("write");
        assertThat(SUBJECT.newScopes(SUBJECT.keys())).isEmpty();
    }

    @Test
    void an_answer_counts_for_one_user_client_server_and_place() {
        List<ConsentSubject> others = List.of(
                new ConsentSubject("bob", "client", "https://mcp.example.com", "loopback", SUBJECT.scopes()),
                new ConsentSubject("alice", "other", "https://mcp.example.com", "loopback", SUBJECT.scopes()),
                new ConsentSubject("alice", "client", "https://other.example.com", "loopback", SUBJECT.scopes()),
                new ConsentSubject("alice", "client", "", "loopback", SUBJECT.scopes()),
                new ConsentSubject("alice", "client", "https://mcp.example.com", "scheme:x", SUBJECT.scopes()),
                new ConsentSubject("alicec", "lient", "https://mcp.example.com", "loopback", SUBJECT.scopes()));
        assertThat(others).allSatisfy(other -> assertThat(other.keys()).doesNotContainAnyElementsOf(SUBJECT.keys()));
    }

    @Test
    void there_is_one_short_key_for_each_scope_and_one_more() {
        assertThat(SUBJECT.keys()).hasSize(3).allMatch(key -> key.matches("[A-Za-z0-9_-]{43}"));
        Set<String> one = new HashSet<>(with(Set.of("read")).keys());
        one.removeAll(with(Set.of()).keys());
        assertThat(one).hasSize(1);
        // Stable: what is stored today has to be found tomorrow.
        assertThat(new ConsentSubject("u", "c", "s", "t", Set.of()).keys())
                .containsExactly("Lv_0QaMyP74oph4bNHPLR1T2GI6kUvinyDATywchFxw");
    }
}
