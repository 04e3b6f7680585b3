package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.RealmSetup;
import dev.keycloakmcp.admin.Setup;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.events.EventType;
import org.keycloak.models.RealmModel;

/** The events that a realm saves, of which {@code GET would-deny} reads some. */
final class SavedEvents {

    /** The types of events that tell of requests in report mode. */
    private static final List<EventType> TELLING = List.of(
            EventType.CLIENT_LOGIN,
            EventType.CODE_TO_TOKEN,
            EventType.REFRESH_TOKEN,
            EventType.TOKEN_EXCHANGE,
            EventType.LOGIN,
            EventType.PUSHED_AUTHORIZATION_REQUEST,
            EventType.OAUTH2_DEVICE_AUTH,
            EventType.OAUTH2_DEVICE_CODE_TO_TOKEN,
            EventType.AUTHREQID_TO_TOKEN,
            EventType.JWT_AUTHORIZATION_GRANT);

    private SavedEvents() {}

    /** Those of them that the realm does not save. */
    static List<String> untold(RealmModel realm) {
        Set<String> saved = realm.isEventsEnabled() ? types(realm) : Set.of();
        return TELLING.stream()
                .map(EventType::name)
                .filter(type -> !saved.contains(type))
                .toList();
    }

    static RealmSetup.Events facts(RealmModel realm) {
        Set<String> saved = realm.isEventsEnabled() ? types(realm) : Set.of();
        return new RealmSetup.Events(
                realm.isEventsEnabled(),
                needed().filter(type -> !saved.contains(type)).collect(Collectors.toSet()),
                realm.getEventsExpiration() > 0);
    }

    /** Saves these besides the types that are saved, or would be. */
    static void save(RealmModel realm) {
        Set<String> types = new HashSet<>(types(realm));
        needed().forEach(types::add);
        if (!realm.isEventsEnabled() && realm.getEventsExpiration() <= 0) {
            realm.setEventsExpiration(Duration.ofDays(Setup.EVENT_DAYS).toSeconds());
        }
        realm.setEnabledEventTypes(types);
        realm.setEventsEnabled(true);
    }

    /** Where a realm names none, Keycloak saves those that are saved by default. */
    private static Set<String> types(RealmModel realm) {
        Set<String> named = realm.getEnabledEventTypesStream().collect(Collectors.toSet());
        return named.isEmpty()
                ? Arrays.stream(EventType.values())
                        .filter(EventType::isSaveByDefault)
                        .map(EventType::name)
                        .collect(Collectors.toSet())
                : named;
    }

    /** With those of the refusals that come later, when the policies are enforced. */
    private static Stream<String> needed() {
        return TELLING.stream().flatMap(type -> Stream.of(type.name(), type.name() + "_ERROR"));
    }
}
