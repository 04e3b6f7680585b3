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
                                IntStream.range(0, one(List.of(0, 1, 6, 7, 8, 9, 10, 95, 96, 97, 98, 99, 150)))
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

    /** Whoever reaches the server can ask for scopes without end. */
    @Test
    void of_what_nobody_granted_a_row_keeps_a_few_scopes() {
        for (int i = 0; i < ROWS; i++) {
            AuditRow row = row();
            int asked = (int)
                    row.scopes().stream().map(AuditField.SCOPE::fit).distinct().count();
            int most = row.type() == RowType.TOKEN ? 100 : 10;

            String written = RowWriter.fill(new AuditJournalEntity(), REALM, row).scopes;
            assertThat(written == null ? 0 : written.split(" ").length).isEqualTo(asked > most ? most + 1 : asked);
            if (asked > most) {
                assertThat(written).endsWith(" ...");
            }
            assertThat(scopes(row)).hasSize(Math.min(asked, most));
        }
    }

    /** Otherwise questions would wait as long as the rows before them are costly. */
    @Test
    void a_batch_ends_where_its_inserts_do() {
        List<AuditJournalEntity> written = IntStream.range(0, ROWS)
                .mapToObj(i -> RowWriter.fill(new AuditJournalEntity(), REALM, row()))
                .toList();
        for (int most : List.of(1, 2, 50, AuditJournal.MOST_INSERTS)) {
            int from = 0;
            while (from < ROWS) {
                List<ExpandedRow> batch = ExpandedRow.first(most, written.subList(from, ROWS));
                int inserts =
                        batch.stream().mapToInt(row -> row.entities().size()).sum();
                assertThat(batch).isNotEmpty();
                assertThat(batch.size() == 1 || inserts <= most).isTrue();
                for (int i = 0; i < batch.size(); i++) {
                    assertThat(batch.get(i).id()).isEqualTo(written.get(from + i).id);
                }
                from += batch.size();
            }
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
