package dev.keycloakmcp.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** What a token loses when it is narrowed. */
class TokenLossTest {

    private static TokenContent content(Map<String, ?> accessToken) {
        return TokenContent.of(accessToken, Map.of(), Map.of());
    }

    private static TokenLoss lost(Map<String, ?> before, Map<String, ?> after) {
        return TokenLoss.between(content(before), content(after));
    }

    @Test
    void audiences_scopes_and_roles_have_their_places() {
        TokenLoss loss = lost(
                Map.of(
                        "aud", List.of("account", "shop"),
                        "scope", "profile  email crm:read",
                        "realm_access", Map.of("roles", List.of("customer")),
                        "resource_access",
                                Map.of(
                                        "crm", Map.of("roles", List.of("reader")),
                                        "account", Map.of("roles", List.of("view-profile")))),
                Map.of(
                        "aud", "https://crm.example.com/mcp",
                        "scope", "crm:read",
                        "resource_access", Map.of("crm", Map.of("roles", List.of("reader")))));

        assertThat(loss)
                .isEqualTo(new TokenLoss(
                        List.of("account", "shop"),
                        List.of("email", "profile"),
                        List.of("account.view-profile", "customer"),
                        List.of()));
    }

    @Test
    void one_audience_is_a_text() {
        assertThat(lost(Map.of("aud", "account"), Map.of("aud", List.of("account"))))
                .isEqualTo(TokenLoss.NONE);
        assertThat(lost(Map.of("aud", "account"), Map.of()).aud()).containsExactly("account");
    }

    @Test
    void claims_of_the_three_answers_are_told_apart() {
        TokenLoss loss = TokenLoss.between(
                TokenContent.of(Map.of("email", "a@b"), Map.of("email", "a@b"), Map.of("email", "a@b")),
                TokenContent.of(Map.of(), Map.of("email", "a@b"), Map.of()));

        assertThat(loss.claims()).containsExactly("email", "userinfo.email");
        assertThat(TokenLoss.between(TokenContent.of(Map.of(), Map.of("email", 1), Map.of()), TokenContent.NONE)
                        .claims())
                .containsExactly("id_token.email");
    }

    @Test
    void a_claim_that_holds_less_is_lost_and_one_that_changed_is_not() {
        assertThat(lost(Map.of("exp", 300, "groups", List.of("a", "b")), Map.of("exp", 60, "groups", List.of("b", "a")))
                        .losesAnything())
                .isFalse();
        assertThat(lost(Map.of("groups", List.of("a", "b")), Map.of("groups", List.of("b")))
                        .claims())
                .containsExactly("groups");
        assertThat(lost(Map.of("groups", List.of("a", "b")), Map.of("groups", "a"))
                        .claims())
                .containsExactly("groups");
        assertThat(lost(Map.of("groups", List.of("a")), Map.of("groups", "a")).claims())
                .isEmpty();
        assertThat(lost(Map.of("groups", List.of("a")), Map.of()).claims()).containsExactly("groups");
        assertThat(lost(Map.of("address", Map.of("street", "x", "town", "y")), Map.of("address", Map.of("street", "z")))
                        .claims())
                .containsExactly("address");
        assertThat(lost(Map.of("address", Map.of("town", "y")), Map.of("address", Map.of("town", "z", "more", 1)))
                        .claims())
                .isEmpty();
        assertThat(lost(Map.of("address", Map.of("town", "y")), Map.of("address", "y"))
                        .claims())
                .containsExactly("address");
    }

    @Test
    void losses_add_up() {
        TokenLoss one = new TokenLoss(List.of("b"), List.of("s"), List.of(), List.of("c"));
        TokenLoss other = new TokenLoss(List.of("a", "b"), List.of(), List.of("r"), List.of("c"));

        assertThat(one.and(other))
                .isEqualTo(new TokenLoss(List.of("a", "b"), List.of("s"), List.of("r"), List.of("c")));
        assertThat(new TokenLoss(List.of("z", TokenLoss.MORE), List.of(), List.of(), List.of())
                        .and(one)
                        .aud())
                .containsExactly("b", "z", TokenLoss.MORE);
        assertThat(one.losesAnything()).isTrue();
        assertThat(new TokenLoss(List.of(), List.of(), List.of("r"), List.of()).losesAnything())
                .isTrue();
    }

    @Test
    void what_does_not_fit_is_said_to_be_there() {
        List<String> many =
                IntStream.range(1000, 2000).mapToObj(i -> "role-" + i).toList();
        TokenLoss bounded = new TokenLoss(List.of("account"), List.of("email"), many, List.of("sid")).bounded(1000);

        assertThat(bounded.aud()).containsExactly("account");
        assertThat(bounded.scope()).containsExactly("email");
        assertThat(bounded.claims()).containsExactly("sid");
        assertThat(bounded.roles()).startsWith("role-1000", "role-1001").endsWith(TokenLoss.MORE);
        assertThat(bounded.roles().size()).isBetween(20, 60);
    }

    @Property(tries = 300)
    void a_bounded_loss_has_no_more_characters_in_json(@ForAll("losses") TokenLoss loss) {
        TokenLoss bounded = loss.bounded(400);

        assertThat(json(bounded).length()).isLessThanOrEqualTo(400);
        assertThat(bounded.losesAnything()).isEqualTo(loss.losesAnything());
    }

    @Property(tries = 300)
    void nothing_is_lost_that_was_not_there_and_nothing_is_left_out(
            @ForAll("contents") TokenContent before, @ForAll("contents") TokenContent after) {
        TokenLoss loss = TokenLoss.between(before, after);

        assertThat(before.audiences()).containsAll(loss.aud());
        assertThat(rest(before.audiences(), loss.aud())).isSubsetOf(after.audiences());
        assertThat(rest(before.scopes(), loss.scope())).isSubsetOf(after.scopes());
        assertThat(rest(before.roles(), loss.roles())).isSubsetOf(after.roles());
        assertThat(rest(before.claims().keySet(), loss.claims()))
                .isSubsetOf(after.claims().keySet());
        assertThat(TokenLoss.between(before, before)).isEqualTo(TokenLoss.NONE);
        assertThat(TokenLoss.between(TokenContent.NONE, after)).isEqualTo(TokenLoss.NONE);
    }

    private static Set<String> rest(Set<String> all, List<String> lost) {
        Set<String> rest = new TreeSet<>(all);
        lost.forEach(rest::remove);
        return rest;
    }

    private static String json(TokenLoss loss) {
        return "{\"aud\":" + json(loss.aud()) + ",\"scope\":" + json(loss.scope()) + ",\"roles\":" + json(loss.roles())
                + ",\"claims\":" + json(loss.claims()) + "}";
    }

    private static String json(List<String> texts) {
        return texts.stream()
                .map(text -> "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"")
                .toList()
                .toString()
                .replace(", ", ",");
    }

    @Provide
    Arbitrary<TokenLoss> losses() {
        Arbitrary<List<String>> names = Arbitraries.strings()
                .withChars("ab\"\\é:.-")
                .ofMinLength(1)
                .ofMaxLength(200)
                .list()
                .ofMaxSize(20);
        return Combinators.combine(names, names, names, names).as(TokenLoss::new);
    }

    @Provide
    Arbitrary<TokenContent> contents() {
        Arbitrary<Set<String>> names = Arbitraries.of("a", "b", "c", "d").set();
        Arbitrary<Map<String, Object>> claims = Arbitraries.maps(
                Arbitraries.of("x", "y", "z"),
                Arbitraries.oneOf(
                        Arbitraries.of("1", "2").map(text -> (Object) text),
                        Arbitraries.of("1", "2").list().map(list -> (Object) list)));
        return Combinators.combine(names, names, names, claims).as(TokenContent::new);
    }
}
