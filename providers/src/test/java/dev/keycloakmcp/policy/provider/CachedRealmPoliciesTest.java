package dev.keycloakmcp.policy.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.policy.RealmPolicies;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.securityprofile.SecurityProfileProvider;

/** Parsed once, until the attributes of the realm hold other texts. */
class CachedRealmPoliciesTest {

    private static final String PROFILES = "client-policies.profiles";

    private final Map<String, String> attributes = new HashMap<>();
    private final ConcurrentMap<String, ParsedPolicies> byRealm = new ConcurrentHashMap<>();

    private static <T> T proxy(Class<T> type, Map<String, Function<Object[], Object>> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> answers.get(method.getName())
                        .apply(arguments)));
    }

    private RealmPolicies read(String realmId) {
        SecurityProfileProvider global = proxy(
                SecurityProfileProvider.class,
                Map.of("getDefaultClientProfiles", none -> List.of(), "getDefaultClientPolicies", none -> List.of()));
        Map<String, Object> state = new HashMap<>();
        KeycloakSession session = proxy(
                KeycloakSession.class,
                Map.of(
                        "getProvider",
                        type -> global,
                        "getAttribute",
                        name -> state.get((String) name[0]),
                        "setAttribute",
                        entry -> state.put((String) entry[0], entry[1])));
        RealmModel realm = proxy(
                RealmModel.class,
                Map.of("getId", none -> realmId, "getAttribute", name -> attributes.get((String) name[0])));
        return new CachedRealmPolicies(session, byRealm).policies(realm);
    }

    @Test
    void the_same_texts_are_parsed_once() {
        attributes.put(PROFILES, "{\"profiles\": []}");
        RealmPolicies first = read("a");
        attributes.put(PROFILES, new StringBuilder("{\"profiles\": []}").toString());
        assertThat(read("a")).isSameAs(first);
    }

    @Test
    void another_text_counts_at_once_and_in_its_realm_only() {
        attributes.put(PROFILES, "{\"profiles\": []}");
        RealmPolicies other = read("b");
        assertThat(read("a").isOptedIn()).isFalse();
        attributes.put(
                PROFILES, "{\"profiles\": [{\"name\": \"mcp\", \"executors\": [{\"executor\": \"mcp-delegation\"}]}]}");
        assertThat(read("a").isOptedIn()).isTrue();
        attributes.remove(PROFILES);
        assertThat(read("a").isOptedIn()).isFalse();
        attributes.put(PROFILES, "{\"profiles\": []}");
        assertThat(read("b")).isSameAs(other);
    }
}
