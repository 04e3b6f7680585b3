package dev.keycloakmcp.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowDocumentTest {

    private static AuditRow row(Optional<String> detail, List<String> scopes, Optional<ActorChain> chain) {
        return new AuditRow(
                "id",
                0,
                RowType.TOKEN,
                Outcome.WOULD_DENY,
                Optional.of("ok"),
                Optional.of("refresh_token"),
                Optional.of(new AuditRow.Subject("u1", Optional.of("alice"), Optional.empty())),
                chain,
                Optional.of("gateway"),
                Optional.of("https://crm.example/mcp"),
                scopes,
                Optional.of("t1"),
                Optional.of("t0"),
                Optional.of("s1"),
                Optional.of("127.0.0.1"),
                Optional.of("e1"),
                detail,
                Map.of());
    }

    private static final ActorChain CHAIN =
            new ActorChain(List.of(new Actor("a2", "gateway"), new Actor("a1", "desk")));

    @Test
    void json_has_all_that_is_known() {
        Map<String, Object> json = RowDocument.json(row(Optional.of("why"), List.of("a", "b"), Optional.of(CHAIN)));

        assertThat(json.keySet())
                .containsExactly(
                        "id",
                        "time",
                        "type",
                        "outcome",
                        "reason",
                        "grant",
                        "subject",
                        "act",
                        "actors",
                        "client_id",
                        "resource",
                        "scope",
                        "jti",
                        "parent_jti",
                        "session",
                        "ip",
                        "error",
                        "detail");
        assertThat(json)
                .containsEntry("time", "1970-01-01T00:00:00.000Z")
                .containsEntry("outcome", "would-deny")
                .containsEntry("subject", Map.of("id", "u1", "username", "alice"))
                .containsEntry("act", CHAIN.toClaim())
                .containsEntry("actors", List.of("gateway", "desk"))
                .containsEntry("scope", "a b")
                .containsEntry("parent_jti", "t0")
                .containsEntry("detail", "why");
    }

    @Test
    void json_leaves_out_what_is_not_known() {
        assertThat(RowDocument.json(row(Optional.empty(), List.of(), Optional.empty())))
                .doesNotContainKeys("act", "actors", "scope", "detail");
        AuditRow nameless = row(Optional.empty(), List.of(), Optional.empty())
                .with(Optional.of(new AuditRow.Subject("u1", Optional.empty(), Optional.empty())), Map.of());
        assertThat(RowDocument.json(nameless)).containsEntry("subject", Map.of("id", "u1"));
    }

    @Test
    void csv_has_a_cell_for_each_column() {
        assertThat(RowDocument.csvHeader())
                .isEqualTo("id,time,type,outcome,reason,grant,subject_id,subject_username,actors,client_id,resource,"
                        + "scope,jti,parent_jti,session,ip,error,detail,"
                        + "subject_client_id,subject_client_name,actor_names,client_name\r\n");
        assertThat(RowDocument.csv(row(Optional.of("a \"b\", c"), List.of("a", "b"), Optional.of(CHAIN))))
                .isEqualTo(
                        "id,1970-01-01T00:00:00.000Z,token,would-deny,ok,refresh_token,u1,alice,gateway desk,gateway,"
                                + "https://crm.example/mcp,a b,t1,t0,s1,127.0.0.1,e1,\"a \"\"b\"\", c\",,,,\r\n");
        assertThat(RowDocument.csv(row(Optional.empty(), List.of(), Optional.empty())))
                .isEqualTo("id,1970-01-01T00:00:00.000Z,token,would-deny,ok,refresh_token,u1,alice,,gateway,"
                        + "https://crm.example/mcp,,t1,t0,s1,127.0.0.1,e1,,,,,\r\n");
    }

    private static AuditRow named() {
        return row(Optional.empty(), List.of(), Optional.of(CHAIN))
                .with(
                        Optional.of(new AuditRow.Subject("u1", Optional.of("service-account-m"), Optional.of("m"))),
                        Map.of("m", "=Machine", "desk", "The desk, 100%"));
    }

    @Test
    void clients_are_told_by_the_names_that_they_had() {
        Map<String, Object> json = RowDocument.json(named());

        assertThat(json)
                .containsEntry(
                        "subject",
                        Map.of(
                                "id",
                                "u1",
                                "username",
                                "service-account-m",
                                "client_id",
                                "m",
                                "client_name",
                                "=Machine"))
                .containsEntry("actors", List.of("gateway", "desk"))
                .containsEntry("actor_names", List.of("", "The desk, 100%"))
                .containsEntry("client_id", "gateway")
                .doesNotContainKey("client_name");
        assertThat(RowDocument.csv(named())).endsWith(",m,\"'=Machine\",\" The%20desk%2C%20100%25\",\r\n");
        assertThat(RowDocument.flow(named()).keySet())
                .containsExactly("subject", "actors", "actor_names", "client_id", "resource");
    }

    @Test
    void names_are_read_as_they_were_stored() {
        String stored = NameLines.of(named()).orElseThrow();

        assertThat(stored).isEqualTo("\n=Machine\n\nThe desk, 100%");
        assertThat(NameLines.read(named().with(named().subject(), Map.of()), stored))
                .isEqualTo(named());
        assertThat(NameLines.of(row(Optional.empty(), List.of(), Optional.empty())))
                .isEmpty();
    }

    @Test
    void names_of_a_text_that_does_not_fit_are_those_that_do() {
        AuditRow row = row(Optional.empty(), List.of(), Optional.empty());

        assertThat(NameLines.read(row, "Gateway\n\nsomebody else").names()).isEqualTo(Map.of("gateway", "Gateway"));
        assertThat(NameLines.read(row, "Gateway").names()).isEqualTo(Map.of("gateway", "Gateway"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "=1+1",
                "+1",
                "-1",
                "@SUM(A1)",
                "\t=1",
                "\r=1",
                "  =1",
                "\n=cmd|'/c calc'!A0",
                "|x",
                "%x",
                "\uFF1D1",
                "=\"\""
            })
    void formulas_stay_text(String evil) {
        assertThat(Csv.line(List.of(evil)).replaceFirst("^\"", "")).startsWith("'");
    }

    @Test
    void cells_that_need_quotes_have_them() {
        assertThat(Csv.line(List.of("a,b", "c\"d", "e\nf", "plain", " x", "")))
                .isEqualTo("\"a,b\",\"c\"\"d\",\"e\nf\",plain,\" x\",\r\n");
    }

    @Property
    void no_cell_begins_as_a_formula_does(@ForAll String text) {
        String line = Csv.line(List.of(text));
        String cell = line.substring(0, line.length() - 2);
        String shown =
                cell.startsWith("\"") ? cell.substring(1, cell.length() - 1).replace("\"\"", "\"") : cell;
        String start = shown.stripLeading();
        assertThat(start.isEmpty() || "=+-@|%".indexOf(start.charAt(0)) < 0).isTrue();
        assertThat(shown.equals(text) || shown.equals("'" + text)).isTrue();
    }

    @Test
    void one_client_id_never_looks_like_several_in_csv() {
        ActorChain one = ActorChain.of(new Actor("desk gateway", "desk gateway"));
        assertThat(RowDocument.csv(row(Optional.empty(), List.of(), Optional.of(one))))
                .contains(",desk%20gateway,")
                .doesNotContain("desk gateway");
    }
}
