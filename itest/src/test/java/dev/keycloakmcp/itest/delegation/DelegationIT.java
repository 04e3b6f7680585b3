package dev.keycloakmcp.itest.delegation;

import static dev.keycloakmcp.itest.delegation.DelegationRealm.actor;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.as;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.chain;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.target;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.uri;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.EventRepresentation;

/** Delegated access as it should be. */
@KeycloakTest
class DelegationIT {

    private static DelegationRealm mesh;

    @BeforeAll
    static void create(TestRealm realm) {
        mesh = DelegationRealm.create(realm);
    }

    @AfterEach
    void defaults() {
        mesh.policy(Map.of());
    }

    @Test
    void a_chain_of_five_hops_names_everybody() {
        mesh.policy(Map.of("max-chain-depth", 5));
        String user = mesh.signIn("alice", "gateway", "openid gateway:use").accessToken();
        String atSpecialist =
                mesh.exchange("gateway", user, "specialist").expect(200).accessToken();
        String atCrm =
                mesh.exchange("specialist", atSpecialist, "crm").expect(200).accessToken();
        String atTickets = mesh.exchange("crm", atCrm, "tickets").expect(200).accessToken();
        Reply last = mesh.exchange("tickets", atTickets, "archive").expect(200);

        Jwt token = mesh.oauth.verify(last.accessToken());
        assertThat(chain(last)).containsExactly("tickets", "crm", "specialist", "gateway", "desk");
        assertThat(token.audience()).containsExactly(uri("archive"));
        assertThat(token.scopes()).containsExactly("archive:use");
        assertThat(token.text("sub")).isEqualTo(Jwt.decode(user).text("sub"));
        JsonNode introspected =
                mesh.oauth.introspect(as("archive"), last.accessToken()).json();
        assertThat(introspected.path("active").asBoolean()).isTrue();
        assertThat(introspected.path("act")).isEqualTo(token.claims().path("act"));

        EventRepresentation event = mesh.lastEvent();
        event = mesh.realm
                .admin()
                .getEvents(List.of("TOKEN_EXCHANGE"), null, null, null, null, null, 0, 1)
                .get(0);
        assertThat(event.getDetails())
                .containsEntry("actor", "tickets")
                .containsEntry("actor_id", mesh.account("tickets"))
                .containsEntry("actor_type", "client")
                .containsEntry("delegation_chain", "desk,gateway,specialist,crm,tickets")
                .containsEntry("delegation_chain_depth", "5")
                .containsEntry("resource", uri("archive"))
                .containsEntry("mcp_decision", "allow")
                .containsEntry("mcp_reason", "ok");
    }

    @Test
    void without_an_actor_token_the_authenticated_client_acts() {
        Reply reply = mesh.exchange("gateway", mesh.direct("alice", "gateway"), "crm");
        JsonNode act = Jwt.decode(reply.expect(200).accessToken()).claims().path("act");
        assertThat(act.path("sub").asText()).isEqualTo(mesh.account("gateway"));
        assertThat(act.path("client_id").asText()).isEqualTo("gateway");
        assertThat(act.has("act")).isFalse();
        assertThat(reply.json().path("issued_token_type").asText()).isEqualTo(DelegationRealm.ACCESS_TOKEN);
        assertThat(reply.json().has("refresh_token")).isFalse();
    }

    @Test
    void an_actor_token_proves_the_actor() {
        mesh.policy(Map.of("require-actor-token", true, "require-may-act", "never"));
        String subject = mesh.direct("alice", "gateway");
        Reply reply = mesh.exchange("gateway", subject, target("crm").and(actor(mesh.machine("gateway", "crm"))));
        assertThat(chain(reply)).containsExactly("gateway");
    }

    @Test
    void another_agent_may_be_the_actor_if_its_token_is_for_the_requesting_client() {
        mesh.policy(Map.of("require-may-act", "never"));
        String subject = mesh.direct("alice", "gateway");
        Reply reply =
                mesh.exchange("gateway", subject, target("crm").and(actor(mesh.machine("specialist", "gateway"))));
        assertThat(chain(reply)).containsExactly("specialist");
        assertThat(Jwt.decode(reply.accessToken()).text("azp")).isEqualTo("gateway");
    }

    @Test
    void the_client_of_the_sign_in_goes_on_acting() {
        String user = mesh.signIn("alice", "gateway", "openid gateway:use").accessToken();
        assertThat(chain(Jwt.decode(user).claims().path("act"))).containsExactly("desk");
        assertThat(chain(mesh.exchange("gateway", user, "crm"))).containsExactly("gateway", "desk");
    }

    @Test
    void audience_names_the_target_as_well_as_resource() {
        String subject = mesh.direct("alice", "gateway");
        Reply byUri = mesh.exchange(
                "gateway", subject, Form.of("audience", uri("crm")).with("scope", "crm:use"));
        Reply byClient =
                mesh.exchange("gateway", subject, Form.of("audience", "crm").with("scope", "crm:use"));
        assertThat(Jwt.decode(byUri.expect(200).accessToken()).audience()).containsExactly(uri("crm"));
        assertThat(Jwt.decode(byClient.expect(200).accessToken()).audience()).containsExactly(uri("crm"));
    }

    @Test
    void a_token_lives_no_longer_than_the_policy_and_the_subject_token_allow() {
        String subject = mesh.direct("alice", "gateway");
        Jwt first =
                Jwt.decode(mesh.exchange("gateway", subject, "crm").expect(200).accessToken());
        assertThat(lifetime(first)).isLessThanOrEqualTo(300).isGreaterThan(200);
        mesh.policy(Map.of("max-token-lifetime", 7200));
        Reply second = mesh.exchange("gateway", subject, "crm").expect(200);
        assertThat(Jwt.decode(second.accessToken()).claims().path("exp").asLong())
                .isLessThanOrEqualTo(Jwt.decode(subject).claims().path("exp").asLong());
        assertThat(second.json().path("expires_in").asLong()).isLessThanOrEqualTo(3600);
        mesh.policy(Map.of("max-token-lifetime", "30"));
        assertThat(lifetime(Jwt.decode(
                        mesh.exchange("gateway", subject, "crm").expect(200).accessToken())))
                .isLessThanOrEqualTo(30);
    }

    private static long lifetime(Jwt token) {
        return token.claims().path("exp").asLong() - token.claims().path("iat").asLong();
    }

    @Test
    void a_refresh_keeps_the_chain_and_ends_with_the_policy() {
        mesh.change("gateway", client -> client.getAttributes()
                .put("standard.token.exchange.enableRefreshRequestedTokenType", "SAME_SESSION"));
        mesh.policy(Map.of("allow-refresh", true));
        String user = mesh.signIn("alice", "gateway", "openid gateway:use").accessToken();
        Reply reply = mesh.exchange(
                        "gateway", user, target("crm").with("requested_token_type", DelegationRealm.REFRESH_TOKEN))
                .expect(200);
        Reply refreshed = mesh.oauth
                .refresh(as("gateway"), reply.refreshToken(), Form.empty())
                .expect(200);
        Reply again = mesh.oauth
                .refresh(as("gateway"), refreshed.refreshToken(), Form.empty())
                .expect(200);
        assertThat(chain(again)).containsExactly("gateway", "desk");
        assertThat(Jwt.decode(again.accessToken()).audience()).containsExactly(uri("crm"));
        assertThat(Jwt.decode(again.accessToken()).scopes()).containsExactly("crm:use");
        assertThat(lifetime(Jwt.decode(again.accessToken()))).isLessThanOrEqualTo(300);

        mesh.policy(Map.of("allow-refresh", false));
        Reply ended = mesh.oauth.refresh(as("gateway"), again.refreshToken(), Form.empty());
        assertThat(ended.error()).isEqualTo("invalid_grant");
        mesh.policy(Map.of("allow-refresh", true, "allowed-actors", List.of("specialist")));
        assertThat(mesh.oauth
                        .refresh(as("gateway"), again.refreshToken(), Form.empty())
                        .error())
                .isEqualTo("invalid_grant");
        mesh.policy(Map.of("allow-refresh", true, "max-chain-depth", 1));
        assertThat(mesh.oauth
                        .refresh(as("gateway"), again.refreshToken(), Form.empty())
                        .error())
                .isEqualTo("invalid_grant");
        assertThat(mesh.lastEvent().getDetails()).containsEntry("mcp_reason", "delegation_refresh_ended");
        mesh.policy(Map.of("allow-refresh", true));
        assertThat(chain(mesh.oauth.refresh(as("gateway"), again.refreshToken(), Form.empty())))
                .containsExactly("gateway", "desk");
    }

    @Test
    void report_lets_everything_go_on_and_says_what_would_be_denied() {
        mesh.policy(Map.of("enforcement", "report", "require-actor-token", true));
        Reply reply = mesh.exchange("gateway", mesh.direct("alice", "gateway"), "crm");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(mesh.realm
                        .admin()
                        .getEvents(List.of("TOKEN_EXCHANGE"), null, null, null, null, null, 0, 1)
                        .get(0)
                        .getDetails())
                .containsEntry("mcp_decision", "would-deny")
                .containsEntry("mcp_reason", "actor_token_missing");
    }
}
