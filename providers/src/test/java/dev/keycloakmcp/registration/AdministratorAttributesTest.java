package dev.keycloakmcp.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdministratorAttributesTest {

    private static final Map<String, String> CURRENT = Map.of("resource_url", "https://crm.example.com", "note", "old");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "resource_url",
                "mcp.scopes",
                "mcp.suspended",
                "mcp.later",
                "cimd.cache.expiry.time.in.sec",
                "client.session.max.lifespan",
                "client.offline.session.max.lifespan",
                "client.offline.session.idle.timeout",
                "RESOURCE_URL",
                "Mcp.Scopes",
                " resource_url ",
                "résource_url",
                "ｍｃｐ.scopes",
                "mcp\u200b.scopes",
            })
    void administrators_decide_in_every_spelling(String name) {
        assertThat(AdministratorAttributes.contain(name)).isTrue();
        assertThat(AdministratorAttributes.changed(Map.of(name, "x"), CURRENT::get))
                .contains(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "note", "mcp", "my.mcp.scopes", "resource_urls", "client.secret.rotated"})
    void clients_decide_the_rest(String name) {
        assertThat(AdministratorAttributes.changed(Map.of(name, "x"), CURRENT::get))
                .isEmpty();
    }

    @Test
    void what_stays_as_it_is_does_not_count() {
        Map<String, @Nullable String> removed = new HashMap<>();
        removed.put("resource_url", null);
        removed.put(null, null);
        assertThat(AdministratorAttributes.changed(CURRENT, CURRENT::get)).isEmpty();
        assertThat(AdministratorAttributes.changed(null, CURRENT::get)).isEmpty();
        assertThat(AdministratorAttributes.changed(Map.of("mcp.scopes", ""), CURRENT::get))
                .isEmpty();
        assertThat(AdministratorAttributes.changed(removed, CURRENT::get)).contains("resource_url");
        assertThat(AdministratorAttributes.changed(Map.of("resource_url", ""), CURRENT::get))
                .contains("resource_url");
        assertThat(AdministratorAttributes.changed(removed, name -> null)).isEmpty();
    }

    @Test
    void a_client_is_not_told_who_suspended_it_and_why() {
        assertThat(AdministratorAttributes.told(Map.of(
                        "mcp.suspended", "stolen",
                        "mcp.suspended-at", "1",
                        "mcp.suspended-by", "admin",
                        "mcp.suspension-lifted", "1",
                        "mcp.scopes", "a",
                        "note", "mine")))
                .isEqualTo(Map.of("mcp.scopes", "a", "note", "mine"));
    }
}
