package dev.keycloakmcp.audit.provider;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.RealmModel;

/** The settings of a realm for its audit trail. */
public final class AuditSettings {

    /** Realm attribute: days that rows are kept; absent, not a number or 0 for ever. */
    static final String RETENTION_DAYS = "mcp.audit.retention-days";
    /** Realm attribute: {@value #REFUSE} (default) or {@value #GO_ON}. */
    static final String ON_WRITE_FAILURE = "mcp.audit.on-write-failure";

    static final String REFUSE = "refuse";
    static final String GO_ON = "continue";

    private AuditSettings() {}

    /** True when the realm has an audit trail. */
    public static boolean isOn(@Nullable RealmModel realm) {
        return realm != null
                && realm.getEventsListenersStream().anyMatch(AuditEventListenerFactory.PROVIDER_ID::equals);
    }

    /** True when tokens are issued even if their row cannot be written. */
    static boolean goesOnWithoutRow(RealmModel realm) {
        return GO_ON.equals(realm.getAttribute(ON_WRITE_FAILURE));
    }

    /** Empty where rows are kept for ever. */
    public static OptionalInt retentionDays(RealmModel realm) {
        String days = realm.getAttribute(RETENTION_DAYS);
        return days != null && days.matches("[1-9]\\d{0,4}")
                ? OptionalInt.of(Integer.parseInt(days))
                : OptionalInt.empty();
    }
}
