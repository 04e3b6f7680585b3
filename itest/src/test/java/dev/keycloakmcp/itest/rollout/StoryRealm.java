package dev.keycloakmcp.itest.rollout;

import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.RealmBuilder;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.keycloak.representations.idm.RealmRepresentation;

/** The realm {@code acme} of the story: a web shop, a nightly batch job, and a service that exchanges tokens. */
final class StoryRealm {

    private static final String NAME = "acme";

    private StoryRealm() {}

    static List<String> people(int many) {
        return IntStream.range(0, many).mapToObj(at -> "customer-" + at).toList();
    }

    static TestRealm create(KeycloakServer server, int people) {
        RealmRepresentation acme = new RealmRepresentation();
        acme.setRealm(NAME);
        acme.setEnabled(true);
        // Hundreds of people sign in again and again.
        acme.setPasswordPolicy("hashAlgorithm(pbkdf2-sha256) and hashIterations(1)");
        return RealmBuilder.realm()
                .scopes("orders:read", "stock:read")
                .clients(
                        Client.confidential("orders", "orders")
                                .exchanges()
                                .defaults("basic", "roles")
                                .optional("stock:read"),
                        Client.confidential("stock", "stock").defaults("basic"),
                        Client.confidential("web-shop", "web-shop")
                                .redirects(RolloutStoryIT.CALLBACK)
                                .mappers(Scope.mapper(
                                        "orders",
                                        "oidc-audience-mapper",
                                        Map.of("included.client.audience", "orders", "access.token.claim", "true")))
                                .defaults("basic", "acr", "profile", "email", "roles", "web-origins")
                                .optional("orders:read", "stock:read"),
                        Client.confidential("nightly-batch", "nightly-batch")
                                .serviceAccount()
                                .defaults("basic", "roles", "orders:read", "stock:read"))
                .users(people(people).toArray(String[]::new))
                .addTo(TestRealm.create(server, acme));
    }
}
