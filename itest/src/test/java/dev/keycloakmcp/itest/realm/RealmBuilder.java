package dev.keycloakmcp.itest.realm;

import dev.keycloakmcp.itest.server.ClientPolicy;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;

/** A realm made of parts, which are added in the order in which they are told. */
public final class RealmBuilder {

    private final List<Consumer<TestRealm>> parts = new ArrayList<>();

    private RealmBuilder() {}

    /** A realm with nothing but Keycloak's defaults. */
    public static RealmBuilder realm() {
        return new RealmBuilder();
    }

    /** A new realm with all the parts. */
    public TestRealm create(KeycloakServer server, String namePrefix) {
        return addTo(TestRealm.create(server, namePrefix));
    }

    /** Adds the parts to a realm. */
    public TestRealm addTo(TestRealm realm) {
        parts.forEach(part -> part.accept(realm));
        return realm;
    }

    /** Whatever else. */
    public RealmBuilder with(Consumer<TestRealm> part) {
        parts.add(part);
        return this;
    }

    public RealmBuilder settings(Consumer<RealmRepresentation> change) {
        return with(realm -> realm.settings(change));
    }

    /** Stores events of some types, and the errors of each; of all types where none is named. */
    public RealmBuilder events(String... types) {
        return settings(settings -> {
            settings.setEventsEnabled(true);
            settings.setEnabledEventTypes(Stream.of(types)
                    .flatMap(type -> Stream.of(type, type + "_ERROR"))
                    .toList());
        });
    }

    /** Client scopes that tokens name. */
    public RealmBuilder scopes(String... names) {
        Stream.of(names).forEach(name -> scope(Scope.named(name)));
        return this;
    }

    public RealmBuilder scope(ClientScopeRepresentation scope) {
        return with(realm -> realm.add(scope));
    }

    public RealmBuilder clients(ClientRepresentation... clients) {
        return with(realm -> Stream.of(clients).forEach(realm::add));
    }

    public RealmBuilder role(String clientId, String name) {
        return with(realm -> realm.addRole(clientId, name));
    }

    /** People who can sign in, with their names as passwords. */
    public RealmBuilder users(String... names) {
        return with(realm -> Stream.of(names).forEach(name -> realm.addUser(name, name)));
    }

    /** MCP clients may register. */
    public RealmBuilder registration(String kind, Map<String, List<String>> configuration) {
        return with(realm -> Registration.admit(realm, kind, configuration));
    }

    /** All client policies of the realm. */
    public RealmBuilder policies(ClientPolicy... policies) {
        return with(realm -> ClientPolicy.replace(realm.admin(), List.of(policies)));
    }
}
