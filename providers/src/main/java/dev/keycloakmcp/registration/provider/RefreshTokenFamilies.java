package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.registration.RefreshTokenFamily;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import org.keycloak.common.util.Time;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.representations.RefreshToken;

/** The refresh tokens of the logins of one client in one session, in notes of the client session. */
final class RefreshTokenFamilies {

    /** Claim of refreshed tokens: the id of the token that the login started with. */
    private static final String FAMILY = "mcp_family";

    private static final String NOTE = "mcp.refresh.";
    /** Logins that are remembered. */
    private static final int MOST = 20;

    private final AuthenticatedClientSessionModel session;

    RefreshTokenFamilies(AuthenticatedClientSessionModel session) {
        this.session = session;
    }

    /** The id of the family of a token. */
    static String idOf(RefreshToken token) {
        return token.getOtherClaims().get(FAMILY) instanceof String family ? family : token.getId();
    }

    /** True when the token was replaced long ago; false for tokens of logins that are not remembered. */
    boolean isReused(RefreshToken token) {
        return find(token)
                .filter(family -> family.use(token.getId(), Time.currentTime()) == RefreshTokenFamily.Use.REUSED)
                .isPresent();
    }

    /** Notes that a token was used and replaced by another, which joins its family. */
    void replaced(RefreshToken oldToken, RefreshToken newToken) {
        newToken.setOtherClaims(FAMILY, idOf(oldToken));
        RefreshTokenFamily family = find(oldToken).orElseGet(() -> {
            forgetOldest();
            return RefreshTokenFamily.startingWith(oldToken.getId(), oldToken.getIat());
        });
        session.setNote(
                NOTE + idOf(oldToken),
                family.refreshed(oldToken.getId(), newToken.getId(), Time.currentTime())
                        .write());
    }

    private Optional<RefreshTokenFamily> find(RefreshToken token) {
        return RefreshTokenFamily.read(session.getNote(NOTE + idOf(token)));
    }

    private void forgetOldest() {
        session.getNotes().entrySet().stream()
                .filter(note -> note.getKey().startsWith(NOTE))
                .sorted(Comparator.<Map.Entry<String, String>, Long>comparing(
                        note -> -RefreshTokenFamily.read(note.getValue())
                                .map(RefreshTokenFamily::lastRefresh)
                                .orElse(0L)))
                .skip(MOST - 1L)
                .map(Map.Entry::getKey)
                .toList()
                .forEach(session::removeNote);
    }
}
