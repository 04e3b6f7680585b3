package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.consent.Period;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.events.Details;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.OIDCAdvancedConfigWrapper;
import org.keycloak.protocol.oidc.OIDCConfigAttributes;
import org.keycloak.sessions.AuthenticationSessionModel;

/** How long a client gets new tokens after a person's yes, without asking anybody. */
final class AccessDuration {

    private final KeycloakSession session;
    private final AuthenticationSessionModel login;
    private final RealmModel realm;
    private final ClientModel client;

    AccessDuration(KeycloakSession session, AuthenticationSessionModel login) {
        this.session = session;
        this.login = login;
        this.realm = login.getRealm();
        this.client = login.getClient();
    }

    private boolean isOffline() {
        return login.getClientScopes().stream()
                .map(realm::getClientScopeById)
                .anyMatch(scope -> scope != null && OAuth2Constants.OFFLINE_ACCESS.equals(scope.getName()));
    }

    Map<String, Object> attributes() {
        Map<String, Object> shown = new HashMap<>();
        if (isOffline()) {
            shown.put("kind", "offline");
            put(
                    shown,
                    "idle",
                    seconds(OIDCConfigAttributes.CLIENT_OFFLINE_SESSION_IDLE_TIMEOUT)
                            .orElse((long) realm.getOfflineSessionIdleTimeout()));
            if (realm.isOfflineSessionMaxLifespanEnabled()) {
                put(
                        shown,
                        "most",
                        seconds(OIDCConfigAttributes.CLIENT_OFFLINE_SESSION_MAX_LIFESPAN)
                                .orElse((long) realm.getOfflineSessionMaxLifespan()));
            }
        } else if (OIDCAdvancedConfigWrapper.fromClientModel(client).isUseRefreshToken()) {
            shown.put("kind", "session");
            long session = sessionSeconds();
            put(
                    shown,
                    "most",
                    seconds(OIDCConfigAttributes.CLIENT_SESSION_MAX_LIFESPAN)
                            .filter(limit -> limit < session)
                            .orElse(session));
        } else {
            shown.put("kind", "token");
            put(
                    shown,
                    "most",
                    seconds(OIDCConfigAttributes.ACCESS_TOKEN_LIFESPAN).orElse((long) realm.getAccessTokenLifespan()));
        }
        return shown;
    }

    /** The longest that this login lasts; longer where the person wants to be remembered. */
    private long sessionSeconds() {
        int remembered = realm.isRememberMe() && isRemembered() ? realm.getSsoSessionMaxLifespanRememberMe() : 0;
        return remembered > 0 ? remembered : realm.getSsoSessionMaxLifespan();
    }

    private boolean isRemembered() {
        if (Boolean.parseBoolean(login.getAuthNote(Details.REMEMBER_ME))) {
            return true;
        }
        @Nullable UserSessionModel earlier = session.sessions()
                .getUserSession(realm, login.getParentSession().getId());
        return earlier != null && earlier.isRememberMe();
    }

    private Optional<Long> seconds(String attribute) {
        @Nullable String value = client.getAttribute(attribute);
        return value != null && value.matches("[1-9][0-9]{0,9}")
                ? Optional.of(Long.parseLong(value))
                : Optional.empty();
    }

    private static void put(Map<String, Object> shown, String key, long seconds) {
        Period period = Period.ofSeconds(seconds);
        shown.put(key, Map.of("amount", period.amount(), "unit", period.unit().name()));
    }
}
