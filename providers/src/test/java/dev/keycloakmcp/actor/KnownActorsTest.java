package dev.keycloakmcp.actor;

import static dev.keycloakmcp.actor.Exchanges.CRM;
import static dev.keycloakmcp.actor.Exchanges.GATEWAY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.actor.KnownActors.Standing;
import dev.keycloakmcp.policy.Actor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keycloak.models.Constants;

class KnownActorsTest {

    private record Realm(Map<String, Standing> clients, Map<String, Standing> accounts) implements KnownActors {

        @Override
        public Standing client(String clientId) {
            return clients.getOrDefault(clientId, Standing.UNKNOWN);
        }

        @Override
        public Standing account(String userId) {
            return accounts.getOrDefault(userId, Standing.UNKNOWN);
        }
    }

    private static boolean isActive(Actor actor, Standing client, Standing account) {
        KnownActors realm = new Realm(Map.of(actor.clientId(), client), Map.of(actor.subject(), account));
        return realm.inactive(List.of(actor)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "ACTIVE, ACTIVE, true",
        "ACTIVE, STOPPED, false",
        "ACTIVE, UNKNOWN, false",
        "STOPPED, ACTIVE, false",
        "UNKNOWN, ACTIVE, false"
    })
    void both_the_client_and_its_account_have_to_be_active(Standing client, Standing account, boolean active) {
        assertThat(isActive(GATEWAY, client, account)).isEqualTo(active);
    }

    @ParameterizedTest
    @CsvSource({"ACTIVE, UNKNOWN, true", "STOPPED, UNKNOWN, false", "UNKNOWN, UNKNOWN, false"})
    void a_client_without_an_account_goes_by_its_client_alone(Standing client, Standing account, boolean active) {
        assertThat(isActive(new Actor("desk", "desk"), client, account)).isEqualTo(active);
    }

    @ParameterizedTest
    @CsvSource({"ACTIVE, true", "STOPPED, false", "UNKNOWN, false"})
    void a_person_who_acts_without_a_client_goes_by_the_account(Standing account, boolean active) {
        assertThat(isActive(new Actor("alice-id", "alice-id"), Standing.UNKNOWN, account))
                .isEqualTo(active);
    }

    @ParameterizedTest
    @CsvSource({"UNKNOWN, true", "ACTIVE, true", "STOPPED, false"})
    void an_administrator_may_be_of_another_realm(Standing account, boolean active) {
        assertThat(isActive(new Actor("admin-id", KnownActors.ADMIN_CONSOLE), Standing.ACTIVE, account))
                .isEqualTo(active);
    }

    @Test
    void all_who_are_not_active_are_named() {
        KnownActors realm = new Realm(Map.of("gateway", Standing.ACTIVE), Map.of("sa-gateway", Standing.ACTIVE));
        assertThat(realm.inactive(List.of(GATEWAY, CRM, new Actor("desk", "desk"))))
                .containsExactlyInAnyOrder(CRM, new Actor("desk", "desk"));
        assertThat(realm.inactive(List.of())).isEmpty();
    }

    @Test
    void the_admin_console_is_keycloaks() {
        assertThat(KnownActors.ADMIN_CONSOLE).isEqualTo(Constants.ADMIN_CONSOLE_CLIENT_ID);
    }
}
