package dev.keycloakmcp.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.keycloakmcp.policy.TokenLoss;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WouldDenyTest {

    private static WouldDeny.Seen seen(String client, String event, String reason, long time) {
        return new WouldDeny.Seen(client, event, WouldDeny.Effect.DENY, reason, TokenLoss.NONE, time);
    }

    @Test
    void requests_are_counted_by_client_event_and_reason() {
        List<WouldDeny> summary = WouldDeny.summary(Stream.of(
                seen("b", "CLIENT_LOGIN", "resource_missing", 20),
                seen("a", "TOKEN_EXCHANGE", "credential_method_not_allowed", 5),
                seen("b", "CLIENT_LOGIN", "resource_missing", 10),
                seen("b", "CLIENT_LOGIN", "resource_missing", 30),
                seen("b", "CLIENT_LOGIN", "scope_missing", 40),
                seen("b", "TOKEN_EXCHANGE", "scope_missing", 50)));
        assertThat(summary)
                .extracting(WouldDeny::clientId, WouldDeny::event, WouldDeny::reason, WouldDeny::count)
                .containsExactly(
                        tuple("a", "TOKEN_EXCHANGE", "credential_method_not_allowed", 1L),
                        tuple("b", "CLIENT_LOGIN", "resource_missing", 3L),
                        tuple("b", "CLIENT_LOGIN", "scope_missing", 1L),
                        tuple("b", "TOKEN_EXCHANGE", "scope_missing", 1L));
        assertThat(summary.get(1).firstSeen()).isEqualTo(10);
        assertThat(summary.get(1).lastSeen()).isEqualTo(30);
    }

    @Test
    void reasons_are_explained_with_the_error_that_enforcing_would_bring() {
        WouldDeny known = WouldDeny.summary(Stream.of(seen("a", "CLIENT_LOGIN", "scope_missing", 1)))
                .get(0);
        assertThat(known.error()).isEqualTo("invalid_scope");
        assertThat(known.meaning()).contains("scope");
    }

    @Test
    void reasons_of_another_version_are_kept() {
        WouldDeny unknown = WouldDeny.summary(Stream.of(seen("a", "CLIENT_LOGIN", "from_the_future", 1)))
                .get(0);
        assertThat(unknown.reason()).isEqualTo("from_the_future");
        assertThat(unknown.error()).isEmpty();
        assertThat(unknown.meaning()).isEmpty();
    }

    @Test
    void losses_of_a_client_are_told_together_and_apart_from_refusals() {
        TokenLoss one = new TokenLoss(List.of("account"), List.of(), List.of(), List.of("email"));
        TokenLoss other = new TokenLoss(List.of(), List.of("profile"), List.of(), List.of("email"));
        List<WouldDeny> summary = WouldDeny.summary(Stream.of(
                new WouldDeny.Seen("a", "CODE_TO_TOKEN", WouldDeny.Effect.NARROW, "ok", one, 1),
                seen("a", "CODE_TO_TOKEN", "resource_unknown", 2),
                new WouldDeny.Seen("a", "CODE_TO_TOKEN", WouldDeny.Effect.NARROW, "ok", other, 3)));

        assertThat(summary)
                .extracting(WouldDeny::effect, WouldDeny::reason, WouldDeny::count, WouldDeny::loses)
                .containsExactly(
                        tuple("deny", "resource_unknown", 1L, TokenLoss.NONE),
                        tuple("narrow", "ok", 2L, one.and(other)));
    }

    @Test
    void nothing_seen_is_nothing_to_tell() {
        assertThat(WouldDeny.summary(Stream.empty())).isEmpty();
    }
}
