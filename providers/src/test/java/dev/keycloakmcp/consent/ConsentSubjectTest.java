package dev.keycloakmcp.consent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ConsentSubjectTest {

    private static final ConsentSubject SUBJECT =
            new ConsentSubject("alice", "client", "https://mcp.example.com", "loopback", Set.of("read", "write"));

    private static ConsentSubject with(Set<String> scopes) {
        return new ConsentSubject(
                SUBJECT.userId(), SUBJECT.clientId(), SUBJECT.server(), SUBJECT.answerTarget(), scopes);
    }

    private static final AccessTime HOUR = AccessTime.online(3600);

    /** The keys of a subject as remembered, with access for an hour. */
    private static Map<String, AllowedTime> anHour(ConsentSubject subject) {
        return subject.keys().stream().collect(Collectors.toMap(key -> key, key -> AllowedTime.NONE.with(HOUR)));
    }

    @Test
    void an_answer_covers_the_same_and_less() {
        assertThat(SUBJECT.isCoveredBy(anHour(SUBJECT), HOUR)).isTrue();
        assertThat(with(Set.of("read")).isCoveredBy(anHour(SUBJECT), HOUR)).isTrue();
        assertThat(with(Set.of()).isCoveredBy(anHour(SUBJECT), HOUR)).isTrue();
    }

    @Test
    void every_scope_is_covered_for_as_long_as_it_was_allowed() {
        AccessTime offline = AccessTime.offline(60, OptionalLong.empty());
        assertThat(SUBJECT.isCoveredBy(anHour(SUBJECT), AccessTime.online(3601)))
                .isFalse();
        assertThat(SUBJECT.isCoveredBy(anHour(SUBJECT), offline)).isFalse();
        Map<String, AllowedTime> one = new HashMap<>(anHour(SUBJECT));
        with(Set.of("read")).keys().forEach(key -> one.put(key, AllowedTime.NONE.with(offline)));
        assertThat(with(Set.of("read")).isCoveredBy(one, offline)).isTrue();
        assertThat(SUBJECT.isCoveredBy(one, offline)).isFalse();
    }

    @Test
    void an_answer_that_does_not_say_for_how_long_covers_no_login() {
        Map<String, AllowedTime> unknown =
                SUBJECT.keys().stream().collect(Collectors.toMap(key -> key, key -> AllowedTime.NONE));
        assertThat(SUBJECT.isCoveredBy(unknown, AccessTime.online(1))).isFalse();
        assertThat(SUBJECT.isAllowed("read", unknown.keySet())).isTrue();
    }

    @Test
    void tokens_ask_without_a_place_and_devices_allow_any_server() {
        Set<String> here = SUBJECT.keysHereAndAnywhere();
        assertThat(here).hasSize(6).containsAll(SUBJECT.keys());
        ConsentSubject elsewhere =
                new ConsentSubject("alice", "client", "https://mcp.example.com", "scheme:x", SUBJECT.scopes());
        assertThat(elsewhere.anywhere().isAllowed("read", here)).isTrue();
        assertThat(elsewhere.isAllowed("read", here)).isFalse();
        assertThat(SUBJECT.anywhere().atAnyServer().isAllowed("read", here)).isFalse();
        assertThat(elsewhere
                        .anywhere()
                        .atAnyServer()
                        .isAllowed("read", SUBJECT.atAnyServer().keysHereAndAnywhere()))
                .isTrue();
    }

    @Test
    void an_answer_does_not_cover_more() {
        assertThat(SUBJECT.isCoveredBy(Map.of(), HOUR)).isFalse();
        assertThat(with(Set.of()).isCoveredBy(Map.of(), HOUR)).isFalse();
        assertThat(SUBJECT.isCoveredBy(anHour(with(Set.of("read"))), HOUR)).isFalse();
        assertThat(SUBJECT.isNew(Set.of())).isTrue();
        assertThat(SUBJECT.isNew(with(Set.of()).keys())).isFalse();
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
