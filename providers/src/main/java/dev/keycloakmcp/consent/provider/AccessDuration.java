package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.consent.AccessTime;
import dev.keycloakmcp.consent.Period;
import dev.keycloakmcp.policy.provider.SignedInLogin;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.events.Details;
import org.keycloak.models.ClientModel;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;
import org.keycloak.protocol.oidc.OIDCAdvancedConfigWrapper;
import org.keycloak.protocol.oidc.OIDCConfigAttributes;
import org.keycloak.sessions.AuthenticationSessionModel;

/** How long a client gets new tokens after a person's yes, without asking anybody. */
final class AccessDuration {

    private final RealmModel realm;
    private final ClientModel client;
    private final boolean offline;
    private final boolean remembered;

    /** The access of a client in a session, which goes on after the person signed out, or in which they are remembered. */
    AccessDuration(RealmModel realm, ClientModel client, boolean offline, boolean remembered) {
        this.realm = realm;
        this.client = client;
        this.offline = offline;
        this.remembered = remembered;
    }

    /** The access that a login asks for. */
    AccessDuration(KeycloakSession session, AuthenticationSessionModel login) {
        this(login.getRealm(), login.getClient(), isOffline(login), isRemembered(session, login));
    }

    /** Nobody gets offline access without the role for it. */
    private static boolean isOffline(AuthenticationSessionModel login) {
        @Nullable RoleModel role = login.getRealm().getRole(Constants.OFFLINE_ACCESS_ROLE);
        @Nullable UserModel user = login.getAuthenticatedUser();
        return isOfflineRequested(login) && role != null && (user == null || user.hasRole(role));
    }

    private static boolean isOfflineRequested(AuthenticationSessionModel login) {
        return login.getClientScopes().stream()
                .map(login.getRealm()::getClientScopeById)
                .anyMatch(scope -> scope != null && OAuth2Constants.OFFLINE_ACCESS.equals(scope.getName()));
    }

    /** The same, to be compared with what was allowed before. */
    AccessTime time() {
        return offline ? AccessTime.offline(offlineIdle(), offlineMost()) : AccessTime.online(onlineMost());
    }

    Map<String, Object> attributes() {
        Map<String, Object> shown = new HashMap<>();
        if (offline) {
            shown.put("kind", "offline");
            put(shown, "idle", offlineIdle());
            offlineMost().ifPresent(most -> put(shown, "most", most));
        } else {
            shown.put("kind", isRefreshed() ? "session" : "token");
            put(shown, "most", onlineMost());
        }
        return shown;
    }

    private long offlineIdle() {
        return atMost(realm.getOfflineSessionIdleTimeout(), OIDCConfigAttributes.CLIENT_OFFLINE_SESSION_IDLE_TIMEOUT);
    }

    private OptionalLong offlineMost() {
        return realm.isOfflineSessionMaxLifespanEnabled()
                ? OptionalLong.of(atMost(
                        realm.getOfflineSessionMaxLifespan(), OIDCConfigAttributes.CLIENT_OFFLINE_SESSION_MAX_LIFESPAN))
                : OptionalLong.empty();
    }

    private long onlineMost() {
        return isRefreshed()
                ? Math.min(
                        sessionSeconds(),
                        seconds(OIDCConfigAttributes.CLIENT_SESSION_MAX_LIFESPAN)
                                .orElse(Long.MAX_VALUE))
                : seconds(OIDCConfigAttributes.ACCESS_TOKEN_LIFESPAN).orElse(realm.getAccessTokenLifespan());
    }

    private boolean isRefreshed() {
        return OIDCAdvancedConfigWrapper.fromClientModel(client).isUseRefreshToken();
    }

    /** The longest that this login lasts; longer where the person wants to be remembered. */
    private long sessionSeconds() {
        int longest = realm.isRememberMe() && remembered ? realm.getSsoSessionMaxLifespanRememberMe() : 0;
        return longest > 0 ? longest : realm.getSsoSessionMaxLifespan();
    }

    private static boolean isRemembered(KeycloakSession session, AuthenticationSessionModel login) {
        return Boolean.parseBoolean(login.getAuthNote(Details.REMEMBER_ME))
                || SignedInLogin.isRemembered(session, login);
    }

    /** The time that the client has for itself; it ends with the session of the person, which the realm decides. */
    private long atMost(int ofRealm, String attribute) {
        return Math.min(ofRealm, seconds(attribute).orElse(ofRealm));
    }

    private OptionalLong seconds(String attribute) {
        @Nullable String value = client.getAttribute(attribute);
        return value != null && value.matches("[1-9][0-9]{0,9}")
                ? OptionalLong.of(Long.parseLong(value))
                : OptionalLong.empty();
    }

    private static void put(Map<String, Object> shown, String key, long seconds) {
        Period period = Period.ofSeconds(seconds);
        shown.put(key, Map.of("amount", period.amount(), "unit", period.unit().name()));
    }
}
