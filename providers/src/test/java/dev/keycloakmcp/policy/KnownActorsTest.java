package dev.keycloakmcp.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.policy.KnownActors.Standing;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keycloak.models.Constants;

class KnownActorsTest {

    private static final Actor GATEWAY = new Actor("sa-gateway", "gateway");
    private static final Actor CRM = new Actor("sa-crm", "crm");

    private record Realm(Map<String, Standing> clients, Map<String, Standing> accounts, Standing administrators)
            implements KnownActors {

        @Override
        public Standing client(String clientId) {
            return clients.getOrDefault(clientId, Standing.UNKNOWN);
        }

        @Override
        public Standing account(Actor actor) {
            return accounts.getOrDefault(actor.subject(), Standing.UNKNOWN);
        }

        @Override
        public Standing administrator(String userId) {
            return administrators;
        }
    }

    private static boolean isActive(Actor actor, Standing client, Standing account) {
        KnownActors realm =
                new Realm(Map.of(actor.clientId(), client), Map.of(actor.subject(), account), Standing.UNKNOWN);
        return realm.inactive(List.of(actor)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "ACTIVE, ACTIVE, true",
        "ACTIVE, STOPPED, false",
        "ACTIVE, UNKNOWN, false",
        "ACTIVE, OF_ANOTHER, false",
        "STOPPED, ACTIVE, false",
        "UNKNOWN, ACTIVE, false"
    })
    void both_the_client_and_its_account_have_to_be_active(Standing client, Standing account, boolean active) {
        assertThat(isActive(GATEWAY, client, account)).isEqualTo(active);
    }

    @ParameterizedTest
    @CsvSource({
        "ACTIVE, UNKNOWN, true",
        "ACTIVE, OF_ANOTHER, false",
        "STOPPED, UNKNOWN, false",
        "UNKNOWN, UNKNOWN, false",
        "UNKNOWN, OF_ANOTHER, false"
    })
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
    @CsvSource({
        "UNKNOWN, ACTIVE, true",
        "UNKNOWN, STOPPED, false",
        "UNKNOWN, UNKNOWN, false",
        "ACTIVE, UNKNOWN, true",
        "STOPPED, ACTIVE, false",
        "OF_ANOTHER, ACTIVE, false"
    })
    void an_administrator_may_be_of_another_realm(Standing account, Standing administrator, boolean active) {
        Actor actor = new Actor("admin-id", KnownActors.ADMIN_CONSOLE);
        KnownActors realm = new Realm(
                Map.of(KnownActors.ADMIN_CONSOLE, Standing.ACTIVE), Map.of("admin-id", account), administrator);
        assertThat(realm.inactive(List.of(actor)).isEmpty()).isEqualTo(active);
    }

    @ParameterizedTest
    @CsvSource({
        "UNKNOWN, ACTIVE, true",
        "UNKNOWN, STOPPED, false",
        "UNKNOWN, UNKNOWN, false",
        "STOPPED, ACTIVE, false",
        "OF_ANOTHER, ACTIVE, false"
    })
    void an_administrator_may_be_named_by_the_id_alone(Standing account, Standing administrator, boolean active) {
        KnownActors realm = new Realm(Map.of(), Map.of("admin-id", account), administrator);
        assertThat(realm.inactive(List.of(new Actor("admin-id", "admin-id"))).isEmpty())
                .isEqualTo(active);
    }

    @Test
    void only_who_comes_through_the_admin_console_may_be_of_another_realm() {
        KnownActors realm = new Realm(Map.of("gateway", Standing.ACTIVE), Map.of(), Standing.ACTIVE);
        assertThat(realm.inactive(List.of(GATEWAY))).containsExactly(GATEWAY);
    }

    @Test
    void an_id_of_a_client_and_of_an_account_is_ambiguous() {
        KnownActors realm = new Realm(
                Map.of(), Map.of("desk", Standing.OF_ANOTHER, "sa-gateway", Standing.OF_ANOTHER), Standing.UNKNOWN);
        assertThat(realm.isAmbiguous(new Actor("desk", "desk"))).isTrue();
        assertThat(realm.isAmbiguous(new Actor("crm", "crm"))).isFalse();
        assertThat(realm.isAmbiguous(GATEWAY)).isFalse();
    }

    @Test
    void all_who_are_not_active_are_named() {
        KnownActors realm =
                new Realm(Map.of("gateway", Standing.ACTIVE), Map.of("sa-gateway", Standing.ACTIVE), Standing.UNKNOWN);
        assertThat(realm.inactive(List.of(GATEWAY, CRM, new Actor("desk", "desk"))))
                .containsExactlyInAnyOrder(CRM, new Actor("desk", "desk"));
        assertThat(realm.inactive(List.of())).isEmpty();
    }

    @Test
    void the_admin_console_is_keycloaks() {
        assertThat(KnownActors.ADMIN_CONSOLE).isEqualTo(Constants.ADMIN_CONSOLE_CLIENT_ID);
    }
}
