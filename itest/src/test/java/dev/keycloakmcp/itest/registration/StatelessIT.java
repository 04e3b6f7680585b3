package dev.keycloakmcp.itest.registration;

import static dev.keycloakmcp.itest.registration.Registrations.CALLBACK;
import static dev.keycloakmcp.itest.registration.Registrations.authOf;
import static dev.keycloakmcp.itest.registration.Registrations.publicClient;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.junit.InParallel;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** With Keycloak's feature {@code stateless}, locks and counters are rows of the database. */
@KeycloakTest(features = "stateless")
class StatelessIT {

    private static final Map<String, List<String>> NO_LIMIT = Map.of("max-registrations-per-source", List.of("0"));

    @Test
    void identical_registrations_that_come_at_once_make_one_client(KeycloakServer server) throws Exception {
        try (TestRealm realm = TestRealm.create(server, "stateless")) {
            Registrations registrations = Registrations.in(realm, Map.of("max-registrations-per-source", List.of("1")));

            List<Reply> replies = InParallel.times(8, () -> registrations.register(publicClient("At once")));

            assertThat(replies).extracting(Reply::status).containsOnly(201);
            assertThat(replies)
                    .extracting(reply -> reply.get("client_id"))
                    .containsOnly(replies.get(0).get("client_id"));
        }
    }

    @Test
    void registrations_of_one_source_are_counted_and_do_not_wait_for_each_other(KeycloakServer server)
            throws Exception {
        try (TestRealm realm = TestRealm.create(server, "stateless")) {
            Registrations registrations = Registrations.in(realm, Map.of("max-registrations-per-source", List.of("4")));
            List<Callable<Reply>> all = new ArrayList<>();
            IntStream.range(0, 8)
                    .forEach(number -> all.add(() -> registrations.register(publicClient("Number " + number))));

            assertThat(InParallel.all(all))
                    .extracting(Reply::status)
                    .containsExactlyInAnyOrder(201, 201, 201, 201, 429, 429, 429, 429);
        }
    }

    @Test
    void refreshes_that_come_at_once_are_all_served_and_the_login_lives(KeycloakServer server) throws Exception {
        try (TestRealm realm = TestRealm.create(server, "stateless")) {
            Registrations registrations = Registrations.in(realm, NO_LIMIT);
            Reply client = registrations.register(publicClient("Rotates")).expect(201);
            Reply login = registrations.signIn(client, CALLBACK, "mcp:read");

            List<Reply> siblings = InParallel.times(
                    6, () -> registrations.oauth().refresh(authOf(client), login.refreshToken(), Form.empty()));

            assertThat(siblings).extracting(Reply::status).containsOnly(200);
            for (Reply sibling : siblings) {
                registrations
                        .oauth()
                        .refresh(authOf(client), sibling.refreshToken(), Form.empty())
                        .expect(200);
            }
        }
    }
}
