package dev.keycloakmcp.policy;

import dev.keycloakmcp.support.StoredText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The loss of a token when it is narrowed, each list sorted.
 *
 * @param aud audiences
 * @param scope scopes
 * @param roles roles of the realm, and those of clients behind their client id and a dot
 * @param claims claims that are gone or hold less; see {@link TokenContent#claims()}
 */
public record TokenLoss(List<String> aud, List<String> scope, List<String> roles, List<String> claims) {

    /** Nothing is lost. */
    public static final TokenLoss NONE = new TokenLoss(List.of(), List.of(), List.of(), List.of());

    /** Stands for what there was no room for, or what nobody can tell. */
    static final String MORE = "...";

    /** Something may be lost, and nobody can tell what: a protocol mapper failed within the bounds. */
    public static final TokenLoss UNKNOWN = new TokenLoss(List.of(), List.of(), List.of(), List.of(MORE));

    private static final int LONGEST = 120;

    /** Quotation marks and comma, of each text in JSON. */
    private static final int AROUND = 3;

    private static final int MEMBER_COUNT = 4;

    /** Names of the members in JSON, and what is around them. */
    private static final int MEMBERS = 60;

    /** More characters of a control character in JSON than the one. */
    private static final int ESCAPE = 5;

    public TokenLoss {
        aud = List.copyOf(aud);
        scope = List.copyOf(scope);
        roles = List.copyOf(roles);
        claims = List.copyOf(claims);
    }

    /** The loss from one content to another; what is only in the other is no loss. */
    public static TokenLoss between(TokenContent before, TokenContent after) {
        return new TokenLoss(
                without(before.audiences(), after.audiences()),
                without(before.scopes(), after.scopes()),
                without(before.roles(), after.roles()),
                before.claims().entrySet().stream()
                        .filter(claim -> isLess(claim.getValue(), after.claims().get(claim.getKey())))
                        .map(Map.Entry::getKey)
                        .sorted()
                        .toList());
    }

    /** The losses of both. */
    public TokenLoss and(TokenLoss other) {
        return new TokenLoss(
                union(aud, other.aud),
                union(scope, other.scope),
                union(roles, other.roles),
                union(claims, other.claims));
    }

    /** True where there is any; named so that it is no member of the loss in JSON. */
    public boolean losesAnything() {
        return !Stream.of(aud, scope, roles, claims).allMatch(List::isEmpty);
    }

    /**
     * The same in JSON of no more than that many characters. Each list says by {@code ...} at its end that there is more.
     *
     * @param characters enough for the names of the members
     */
    public TokenLoss bounded(int characters) {
        List<List<String>> fitting = new ArrayList<>();
        int left = characters - MEMBERS;
        for (List<String> names : List.of(aud, scope, roles, claims)) {
            // What one list leaves of its share the next ones have.
            List<String> fit = fit(names, left / (MEMBER_COUNT - fitting.size()));
            left -= fit.stream().mapToInt(TokenLoss::length).sum();
            fitting.add(fit);
        }
        return new TokenLoss(fitting.get(0), fitting.get(1), fitting.get(2), fitting.get(MEMBER_COUNT - 1));
    }

    private static List<String> fit(List<String> names, int characters) {
        List<String> fitting = new ArrayList<>();
        int left = characters - length(MORE);
        for (String name : names) {
            String text = StoredText.fit(name, LONGEST);
            left -= length(text);
            if (left < 0) {
                fitting.add(MORE);
                break;
            }
            fitting.add(text);
        }
        return fitting;
    }

    private static int length(String text) {
        return AROUND
                + text.chars()
                        .map(character -> character == '"' || character == '\\' ? 2 : character < ' ' ? 1 + ESCAPE : 1)
                        .sum();
    }

    private static boolean isLess(Object before, @Nullable Object after) {
        if (before instanceof Map<?, ?> members) {
            return !(after instanceof Map<?, ?> left)
                    || members.entrySet().stream()
                            .anyMatch(member ->
                                    member.getValue() != null && isLess(member.getValue(), left.get(member.getKey())));
        }
        if (before instanceof Collection<?> several) {
            Collection<?> left =
                    after instanceof Collection<?> still ? still : after == null ? Set.of() : Set.of(after);
            return after == null || !left.containsAll(several);
        }
        return after == null;
    }

    private static List<String> without(Set<String> before, Set<String> after) {
        return before.stream().filter(name -> !after.contains(name)).sorted().toList();
    }

    private static List<String> union(List<String> one, List<String> other) {
        Set<String> both = new TreeSet<>(one);
        both.addAll(other);
        // Not a name, and it has its place.
        return both.remove(MORE) ? Stream.concat(both.stream(), Stream.of(MORE)).toList() : List.copyOf(both);
    }
}
