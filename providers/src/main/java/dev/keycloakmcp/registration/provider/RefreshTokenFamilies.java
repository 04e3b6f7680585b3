package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.registration.RefreshTokenFamily;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keycloak.common.util.Time;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.RevokedTokenProvider;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.RefreshToken;

/** The refresh tokens of the logins of one client in one session, in notes of the client session. */
final class RefreshTokenFamilies {

    /** Claim of refreshed tokens: the id of the token that the login started with. */
    private static final String FAMILY = "mcp_family";

    /** Claim of the first refresh token of a login: the access token that came with it. */
    private static final String FIRST_ISSUED = "mcp_issued";

    private static final String NOTE = "mcp.refresh.";
    /** Epoch seconds: logins refreshed no later than that are forgotten. */
    private static final String FORGOTTEN = "mcp.refreshes-forgotten-until";
    /** The access tokens that came with the newest refresh tokens of a login. */
    private static final String ISSUED = "mcp.issued.";

    private static final char BEFORE_EXPIRY = '@';
    /** Those that are remembered; others are as old as their lifetime before long. */
    private static final int MOST_ISSUED = 8;
    /** Logins that are remembered. */
    private static final int MOST = 50;

    private final AuthenticatedClientSessionModel session;

    RefreshTokenFamilies(AuthenticatedClientSessionModel session) {
        this.session = session;
    }

    /** The id of the family of a token. */
    static String idOf(RefreshToken token) {
        return token.getOtherClaims().get(FAMILY) instanceof String family ? family : token.getId();
    }

    /** The meaning of a token that comes. */
    RefreshTokenFamily.Use use(RefreshToken token) {
        return find(token)
                .map(family -> family.use(token.getId(), Time.currentTime()))
                // Without a family it is the first token of its login, or the family was forgotten.
                .orElseGet(() -> isRefreshed(token) || token.getIat() <= forgottenUntil()
                        ? RefreshTokenFamily.Use.FORGOTTEN
                        : RefreshTokenFamily.Use.FIRST);
    }

    /** Makes a token say what access token came with it: no note of the login is needed until it is refreshed. */
    static void issue(RefreshToken token, AccessToken accessToken) {
        token.setOtherClaims(FIRST_ISSUED, entry(accessToken));
    }

    /** Notes that a token was used and replaced by another, which joins its family, and what access token came with it. */
    void replaced(RefreshToken oldToken, RefreshToken newToken, AccessToken accessToken) {
        newToken.setOtherClaims(FAMILY, idOf(oldToken));
        newToken.getOtherClaims().remove(FIRST_ISSUED);
        RefreshTokenFamily family = find(oldToken).orElseGet(() -> {
            forgetOldest();
            return RefreshTokenFamily.startingWith(oldToken.getId(), oldToken.getIat());
        });
        write(oldToken, family.refreshed(oldToken.getId(), newToken.getId(), Time.currentTime()));
        List<String> issued = new ArrayList<>(issued(oldToken));
        issued.add(entry(accessToken));
        session.setNote(
                ISSUED + idOf(oldToken),
                String.join(" ", issued.subList(Math.max(0, issued.size() - MOST_ISSUED), issued.size())));
    }

    /** Ends the login of a token, and no other of the client: its refresh tokens, and its newest access tokens. */
    void end(RefreshToken token, RevokedTokenProvider revoked) {
        write(token, RefreshTokenFamily.ended(Time.currentTime()));
        issued(token).forEach(entry -> {
            int at = entry.lastIndexOf(BEFORE_EXPIRY);
            long lifetime = Long.parseLong(entry.substring(at + 1)) - Time.currentTime();
            if (lifetime > 0) {
                revoked.put(entry.substring(0, at), lifetime);
            }
        });
        session.removeNote(ISSUED + idOf(token));
    }

    private List<String> issued(RefreshToken token) {
        String ids = session.getNote(ISSUED + idOf(token));
        if (ids == null) {
            return token.getOtherClaims().get(FIRST_ISSUED) instanceof String first ? List.of(first) : List.of();
        }
        return List.of(ids.split(" "));
    }

    private static String entry(AccessToken token) {
        return token.getId() + BEFORE_EXPIRY + token.getExp();
    }

    private static boolean isRefreshed(RefreshToken token) {
        return token.getOtherClaims().get(FAMILY) instanceof String;
    }

    private Optional<RefreshTokenFamily> find(RefreshToken token) {
        return RefreshTokenFamily.read(session.getNote(NOTE + idOf(token)));
    }

    private void write(RefreshToken token, RefreshTokenFamily family) {
        session.setNote(NOTE + idOf(token), family.write());
    }

    private long forgottenUntil() {
        String until = session.getNote(FORGOTTEN);
        return until == null ? Long.MIN_VALUE : Long.parseLong(until);
    }

    private void forgetOldest() {
        session.getNotes().entrySet().stream()
                .filter(note -> note.getKey().startsWith(NOTE))
                .sorted(Comparator.<Map.Entry<String, String>, Long>comparing(note -> -lastRefresh(note.getValue())))
                .skip(MOST - 1L)
                .toList()
                .forEach(note -> {
                    session.setNote(FORGOTTEN, Long.toString(Math.max(forgottenUntil(), lastRefresh(note.getValue()))));
                    session.removeNote(note.getKey());
                    session.removeNote(ISSUED + note.getKey().substring(NOTE.length()));
                });
    }

    private static long lastRefresh(String note) {
        return RefreshTokenFamily.read(note)
                .map(RefreshTokenFamily::lastRefresh)
                .orElse(0L);
    }
}
