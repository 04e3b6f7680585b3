package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.audit.AuditRow;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Follows a token through the audit trail, back to the tokens it came from and on to those made of it. */
public final class TokenChains {

    private final AuditTrail trail;

    public TokenChains(AuditTrail trail) {
        this.trail = trail;
    }

    /**
     * The rows before and after a token.
     *
     * @param rows oldest first
     * @param hasEarlier whether there is more before the oldest
     * @param hasLater whether there is more after the newest
     */
    public record Chain(List<AuditRow> rows, boolean hasEarlier, boolean hasLater) {}

    /**
     * The tokens that a token came from, itself, and all that was made, or was to be made, of it.
     *
     * @param max most rows before it, and most rows after it
     * @return no rows where the token has none
     */
    public Chain chain(String tokenId, int max) {
        Map<String, AuditRow> found = new TreeMap<>();
        List<AuditRow> own = trail.byToken("tokenId", List.of(tokenId), 1);
        own.forEach(row -> found.put(row.id(), row));
        int before = 0;
        Optional<String> parent = own.stream().findFirst().flatMap(AuditRow::parentTokenId);
        while (parent.isPresent() && before < max) {
            Optional<AuditRow> row =
                    trail.byToken("tokenId", List.of(parent.get()), 1).stream().findFirst();
            parent = row.filter(earlier -> found.put(earlier.id(), earlier) == null)
                    .flatMap(AuditRow::parentTokenId);
            before++;
        }
        int after = 0;
        List<String> parents = own.isEmpty() ? List.of() : List.of(tokenId);
        while (!parents.isEmpty() && after < max) {
            List<AuditRow> children = trail.byToken("parentTokenId", parents, max - after).stream()
                    .filter(row -> found.put(row.id(), row) == null)
                    .toList();
            after += children.size();
            parents = children.stream()
                    .flatMap(row -> row.tokenId().stream())
                    .limit(RowQuery.MOST_IN_LIST)
                    .toList();
        }
        return new Chain(List.copyOf(found.values()), parent.isPresent(), after >= max);
    }
}
