package dev.keycloakmcp.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AuditRowTest {

    private static final Optional<ActorChain> CHAIN =
            Optional.of(new ActorChain(List.of(new Actor("a2", "gateway"), new Actor("a1", "desk"))));

    private static AuditRow row(
            RowType type, Optional<String> subjectClient, Optional<ActorChain> chain, Optional<String> client) {
        return new AuditRow(
                "id",
                0,
                type,
                Outcome.ALLOW,
                Optional.empty(),
                Optional.empty(),
                Optional.of(new AuditRow.Subject("u1", Optional.empty(), subjectClient)),
                chain,
                client,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    @Test
    void who_asked_acts_in_the_chain() {
        AuditRow row = row(RowType.TOKEN, Optional.empty(), CHAIN, Optional.of("gateway"));

        assertThat(row.isClientActing()).isTrue();
        assertThat(row.actorsBehind()).containsExactly("desk");
    }

    @Test
    void who_asked_acts_as_itself_and_nobody_else_does() {
        assertThat(row(RowType.TOKEN, Optional.of("crm"), Optional.empty(), Optional.of("crm"))
                        .isClientActing())
                .isTrue();
        assertThat(row(RowType.TOKEN, Optional.of("other"), Optional.empty(), Optional.of("crm"))
                        .isClientActing())
                .as("the token of another machine")
                .isFalse();
        assertThat(row(RowType.TOKEN, Optional.empty(), Optional.empty(), Optional.of("crm"))
                        .isClientActing())
                .as("a person's token without actors")
                .isFalse();
    }

    @Test
    void who_was_refused_acted_and_so_did_those_of_the_chain() {
        AuditRow row = row(RowType.REFUSAL, Optional.empty(), CHAIN, Optional.of("crm"));

        assertThat(row.isClientActing()).isTrue();
        assertThat(row.actorsBehind()).containsExactly("gateway", "desk");
        assertThat(row(RowType.REFUSAL, Optional.empty(), Optional.empty(), Optional.empty())
                        .isClientActing())
                .isFalse();
    }

    @Test
    void who_was_stopped_or_registered_did_not_ask() {
        AuditRow stopped = row(RowType.SUSPENSION, Optional.empty(), CHAIN, Optional.of("admin-cli"));

        assertThat(stopped.isClientActing()).isFalse();
        assertThat(stopped.actorsBehind()).containsExactly("gateway", "desk");
        assertThat(row(RowType.REGISTRATION, Optional.of("crm"), Optional.empty(), Optional.of("crm"))
                        .isClientActing())
                .isFalse();
    }

    @Test
    void all_clients_are_named() {
        AuditRow row = row(RowType.TOKEN, Optional.of("machine"), CHAIN, Optional.of("crm"))
                .with(
                        Optional.of(new AuditRow.Subject("u1", Optional.empty(), Optional.of("machine"))),
                        Map.of("crm", "CRM"));

        assertThat(row.clients()).containsExactly("gateway", "desk", "crm", "machine");
        assertThat(row.nameOf("crm")).contains("CRM");
        assertThat(row.nameOf("desk")).isEmpty();
    }
}
