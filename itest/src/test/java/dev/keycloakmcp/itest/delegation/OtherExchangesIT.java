package dev.keycloakmcp.itest.delegation;

import static dev.keycloakmcp.itest.delegation.Attack.attack;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.actor;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.as;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.chain;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.target;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.uri;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.keycloak.representations.idm.ClientRepresentation;

/** With Keycloak's legacy exchange and its experimental features beside ours. */
@KeycloakTest(features = {"token-exchange", "token-exchange-delegation", "parameterized-scopes", "resource-indicators"})
class OtherExchangesIT {

    private static DelegationRealm mesh;

    @BeforeAll
    static void create(TestRealm realm) {
        mesh = DelegationRealm.create(realm);
        ClientRepresentation legacy = DelegationRealm.agent("legacy");
        legacy.getAttributes().remove("standard.token.exchange.enabled");
        legacy.getAttributes().put("resource_url", uri("legacy"));
        legacy.getAttributes().put("mcp.scopes", "crm:use");
        mesh.realm.add(legacy);
        ClientRepresentation old = DelegationRealm.agent("old");
        old.getAttributes().remove("standard.token.exchange.enabled");
        old.setOptionalClientScopes(List.of());
        mesh.realm.add(old);
    }

    private static String atLegacy() {
        return mesh.signIn("alice", "legacy", "crm:use").accessToken();
    }

    @Test
    void delegation_works_as_without_the_features() {
        String user = mesh.signIn("alice", "gateway", "openid gateway:use").accessToken();
        Reply reply = mesh.exchange("gateway", user, "crm");
        assertThat(chain(reply)).containsExactly("gateway", "desk");
        Jwt token = Jwt.decode(reply.accessToken());
        assertThat(token.audience()).containsExactly(uri("crm"));
        assertThat(token.scopes()).containsExactly("crm:use");
        assertThat(mesh.oauth.introspect(as("crm"), reply.accessToken()).json().path("act"))
                .isEqualTo(token.claims().path("act"));
        Jwt again = Jwt.decode(
                mesh.exchange("crm", reply.accessToken(), "tickets").expect(200).accessToken());
        assertThat(chain(again.claims().path("act"))).containsExactly("crm", "gateway", "desk");
    }

    @Test
    void an_actor_token_is_proven_as_without_the_features() {
        mesh.policy(Map.of("require-may-act", "never"));
        Reply reply = mesh.exchange(
                "gateway", mesh.direct("alice", "gateway"), target("crm").and(actor(mesh.machine("gateway", "crm"))));
        assertThat(chain(reply)).containsExactly("gateway");
        mesh.policy(Map.of());
    }

    @Test
    void left_to_keycloak_tokens_keep_their_actors_all_the_same() {
        mesh.policy(Map.of("exchange", "keycloak"));
        String user = mesh.signIn("alice", "gateway", "gateway:use").accessToken();
        assertThat(chain(mesh.exchange("gateway", user, "crm"))).containsExactly("gateway", "desk");
        assertThat(mesh.exchange("gateway", user, target("crm").and(actor("garbage")))
                        .error())
                .isEqualTo("invalid_request");
        mesh.policy(Map.of());
    }

    @TestFactory
    Stream<DynamicTest> legacy_exchange() {
        String type = "urn:ietf:params:oauth:token-type:";
        return Stream.of(
                legacy("by a client that the policy matches", "legacy", Form.empty()),
                legacy("to an audience", "legacy", Form.of("audience", "legacy")),
                legacy("to itself, by a client that no policy matches", "old", Form.empty()),
                legacy("for a SAML assertion", "old", Form.of("requested_token_type", type + "saml2")),
                legacy("for a refresh token", "old", Form.of("requested_token_type", type + "refresh_token")),
                legacy("for another subject", "old", Form.of("requested_subject", "bob")),
                legacy("for a token of another issuer", "old", Form.of("requested_issuer", "google")),
                legacy("as a token of another issuer", "old", Form.of("subject_issuer", "google")),
                legacy("with an actor token", "old", actor("garbage")),
                legacy("as a plain JWT", "old", Form.of("subject_token_type", type + "jwt")),
                attack(mesh, "standard exchange for another subject", "invalid_request", "exchange_unsupported", () -> {
                    String token =
                            mesh.signIn("alice", "gateway", "gateway:use").accessToken();
                    return () -> mesh.exchange("gateway", token, Form.of("requested_subject", "bob"));
                }));
    }

    private static DynamicTest legacy(String name, String client, Form form) {
        return attack(mesh, "legacy exchange " + name, "invalid_request", "exchange_unsupported", () -> {
            String token = atLegacy();
            return () -> mesh.exchange(client, token, form);
        });
    }
}
