package dev.keycloakmcp.audit.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.audit.AuditField;
import dev.keycloakmcp.audit.AuditRow;
import dev.keycloakmcp.audit.RowId;
import dev.keycloakmcp.audit.RowType;
import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What questions read is the same, whether a row came by the journal or not. */
class JournalRowTest {

    private static final long SEED = 20261127;
    private static final int ROWS = 1000;
    private static final String REALM = "realm";

    private static final List<String> CLIENTS = List.of(
            "desk",
            "gateway",
            "a\tb",
            "a?b",
            "${client_x}",
            "ä",
            "https://client.example/".repeat(20),
            "two\nlines",
            "...");
    private static final List<String> TEXTS =
            List.of("alice", "", "x".repeat(1500), "a\u0000b", "line\nline", "ä\ud83d\ude00", "\ud83d", "crm:use");

    private final Random random = new Random(SEED);

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private Optional<String> some(List<String> of) {
        return random.nextInt(4) == 0 ? Optional.empty() : Optional.of(one(of));
    }

    private AuditRow row() {
        List<Actor> actors = IntStream.range(0, random.nextInt(ActorChain.MAX_DEPTH + 1))
                .mapToObj(i -> new Actor("sub-" + i, one(CLIENTS)))
                .toList();
        Optional<String> client = some(CLIENTS);
        Optional<String> machine = random.nextBoolean() ? client : some(CLIENTS);
        AuditRow row = new AuditRow(
                RowId.next(Instant.now(), random),
                random.nextLong(1L << 40),
                one(List.of(RowType.values())),
                one(List.of(Outcome.values())),
                some(TEXTS),
                some(TEXTS),
                random.nextInt(4) == 0
                        ? Optional.empty()
                        : Optional.of(new AuditRow.Subject("user-" + random.nextInt(3), some(TEXTS), machine)),
                actors.isEmpty() ? Optional.empty() : Optional.of(new ActorChain(actors)),
                client,
                some(TEXTS),
                Stream.concat(
                                Stream.of("openid", "ä", "ö", "crm:use"),
                                IntStream.range(0, one(List.of(0, 1, 95, 96, 97, 98, 99, 150)))
                                        .mapToObj(i -> "scope-" + i))
                        .skip(random.nextInt(4))
                        .toList(),
                some(TEXTS),
                some(TEXTS),
                some(TEXTS),
                some(TEXTS),
                some(TEXTS),
                some(TEXTS),
                Map.of());
        int named = random.nextInt(CLIENTS.size());
        return row.with(
                row.subject(),
                row.clients().stream()
                        .filter(id -> AuditField.CLIENT.fit(id).hashCode() % CLIENTS.size() < named)
                        .collect(Collectors.toMap(
                                id -> id,
                                id -> "Name of " + AuditField.CLIENT.fit(id).length())));
    }

    @Test
    void a_row_says_the_same_after_the_journal() {
        for (int i = 0; i < ROWS; i++) {
            AuditRow written = row();
            AuditRow read = RowReader.read(RowWriter.fill(new AuditJournalEntity(), REALM, written));

            assertThat(read.id()).isEqualTo(written.id());
            assertThat(RowWriter.expanded(REALM, read))
                    .usingRecursiveComparison()
                    .isEqualTo(RowWriter.expanded(REALM, written));
            assertThat(actors(read)).isEqualTo(actors(written));
            assertThat(scopes(read)).isEqualTo(scopes(written));
        }
    }

    private static List<String> actors(AuditRow row) {
        return RowWriter.actors(REALM, row).stream()
                .map(actor -> actor.rowId + actor.realmId + actor.clientId + actor.behind)
                .toList();
    }

    private static List<String> scopes(AuditRow row) {
        return RowWriter.scopes(REALM, row).stream()
                .map(scope -> scope.rowId + scope.realmId + scope.place + scope.scope)
                .toList();
    }
}
