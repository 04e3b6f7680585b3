package dev.keycloakmcp.itest.delegation;

import static dev.keycloakmcp.itest.delegation.DelegationRealm.as;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.chain;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.target;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.uri;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
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

/** Refreshed delegated access keeps its actors, and ends when the token it was exchanged for does. */
@KeycloakTest
class DelegatedRefreshIT {

    private static final int SUBJECT_LIFETIME = 900;

    private static DelegationRealm mesh;

    @BeforeAll
    static void create(TestRealm realm) {
        mesh = DelegationRealm.create(realm);
        mesh.change("gateway", client -> client.getAttributes()
                .put("standard.token.exchange.enableRefreshRequestedTokenType", "SAME_SESSION"));
        mesh.change("desk", client -> client.getAttributes()
                .put("access.token.lifespan", String.valueOf(SUBJECT_LIFETIME)));
        allow();
    }

    @AfterEach
    void defaults() {
        allow();
    }

    private static void allow() {
        mesh.policy(Map.of("allow-refresh", true, "max-token-lifetime", 3600));
    }

    private static String subject() {
        return mesh.signIn("alice", "gateway", "openid gateway:use").accessToken();
    }

    private static Reply exchange(String subject) {
        return mesh.exchange(
                        "gateway",
                        subject,
                        Form.of("resource", uri("crm"))
                                .with("scope", "openid crm:use")
                                .with("requested_token_type", DelegationRealm.REFRESH_TOKEN))
                .expect(200);
    }

    private static Reply refresh(Reply reply) {
        return mesh.oauth().refresh(as("gateway"), reply.refreshToken(), Form.empty());
    }

    private static long expiry(String token) {
        return Jwt.decode(token).claims().path("exp").asLong();
    }

    private static void assertNotOutliving(Reply reply, long limit) {
        assertThat(expiry(reply.accessToken())).isLessThanOrEqualTo(limit);
        assertThat(expiry(reply.refreshToken())).isLessThanOrEqualTo(limit);
        assertThat(expiry(reply.get("id_token"))).isLessThanOrEqualTo(limit);
        long now = System.currentTimeMillis() / 1000;
        assertThat(reply.json().path("expires_in").asLong()).isLessThanOrEqualTo(limit - now + 2);
        assertThat(reply.json().path("refresh_expires_in").asLong()).isLessThanOrEqualTo(limit - now + 2);
    }

    @Test
    @Tries({"RFC8693-2.2-lifetime", "ASI03-stale"})
    void no_token_of_any_refresh_outlives_the_subject_token() {
        String subject = subject();
        long limit = expiry(subject);
        Reply first = exchange(subject);
        Reply second = refresh(first).expect(200);
        Reply third = refresh(second).expect(200);
        List.of(first, second, third).forEach(reply -> assertNotOutliving(reply, limit));
        assertThat(expiry(third.refreshToken())).isEqualTo(limit);
        assertThat(chain(third)).containsExactly("gateway", "desk");
    }

    @Test
    void the_subject_token_of_one_exchange_is_no_limit_for_another_in_the_session() {
        Reply signIn = mesh.signIn("alice", "gateway", "openid gateway:use");
        Reply early = exchange(signIn.accessToken());
        mesh.change("desk", client -> client.getAttributes().put("access.token.lifespan", "1200"));
        String later = mesh.oauth()
                .refresh(as("desk"), signIn.refreshToken(), Form.empty())
                .expect(200)
                .accessToken();
        mesh.change("desk", client -> client.getAttributes()
                .put("access.token.lifespan", String.valueOf(SUBJECT_LIFETIME)));
        Reply late = exchange(later);
        assertThat(expiry(refresh(early).expect(200).refreshToken())).isEqualTo(expiry(signIn.accessToken()));
        assertThat(expiry(refresh(late).expect(200).refreshToken())).isEqualTo(expiry(later));
    }

    @Test
    @Tries({"RFC8693-2.2-lifetime", "ASI03-privilege"})
    void a_chain_is_bounded_by_its_first_token() {
        String subject = subject();
        String refreshed = refresh(exchange(subject)).expect(200).accessToken();
        String further = mesh.exchange("crm", refreshed, "tickets").expect(200).accessToken();
        assertThat(expiry(further)).isLessThanOrEqualTo(expiry(subject));
        assertThat(chain(Jwt.decode(further).claims().path("act"))).containsExactly("crm", "gateway", "desk");
    }

    @Test
    @Tries({"RFC8693-2.1-actor", "RFC8693-1.1-impersonation"})
    void a_refreshed_delegated_token_proves_no_actor() {
        mesh.policy(Map.of("allow-refresh", true, "require-may-act", "never"));
        Reply delegated = exchange(mesh.direct("bob", "gateway"));
        String alice = mesh.direct("alice", "gateway");
        for (String token :
                List.of(delegated.accessToken(), refresh(delegated).expect(200).accessToken())) {
            Reply reply = mesh.exchange("gateway", alice, target("crm").and(DelegationRealm.actor(token)));
            assertThat(reply.error()).as(reply.toString()).isEqualTo("invalid_request");
            assertThat(mesh.events().get(0).getDetails()).containsEntry("mcp_reason", "actor_token_delegated");
        }
    }

    @Test
    @Tries("RFC8693-4.1-chain")
    void who_acts_by_a_refreshed_token_does_not_exchange_it_again() {
        Reply delegated = exchange(mesh.direct("bob", "gateway"));
        for (String token :
                List.of(delegated.accessToken(), refresh(delegated).expect(200).accessToken())) {
            Reply reply = mesh.exchange("gateway", token, "tickets");
            assertThat(reply.error()).as(reply.toString()).isEqualTo("invalid_request");
            assertThat(mesh.events().get(0).getDetails()).containsEntry("mcp_reason", "actor_repeated");
        }
    }

    @Test
    @Tries("RFC8693-2.2-lifetime")
    void id_tokens_live_no_longer_than_the_policy_says() {
        mesh.policy(Map.of("allow-refresh", true, "max-token-lifetime", 60));
        Reply first = exchange(subject());
        Reply second = refresh(first).expect(200);
        for (Reply reply : List.of(first, second)) {
            Jwt idToken = Jwt.decode(reply.get("id_token"));
            assertThat(idToken.claims().path("exp").asLong()
                            - idToken.claims().path("iat").asLong())
                    .isLessThanOrEqualTo(60);
        }
    }

    @Test
    void the_id_token_of_a_refresh_names_the_actors() {
        Reply second = refresh(exchange(subject())).expect(200);
        assertThat(chain(second)).containsExactly("gateway", "desk");
        assertThat(mesh.oauth()
                        .introspect(as("crm"), second.accessToken())
                        .json()
                        .path("act"))
                .isEqualTo(Jwt.decode(second.accessToken()).claims().path("act"));
    }

    @Test
    @Tries({"RFC8693-2.2-lifetime", "ASI03-stale"})
    void after_the_subject_token_expired_there_is_nothing_to_refresh() {
        mesh.change("desk", client -> client.getAttributes().put("access.token.lifespan", "3"));
        Reply reply = exchange(subject());
        mesh.change("desk", client -> client.getAttributes()
                .put("access.token.lifespan", String.valueOf(SUBJECT_LIFETIME)));
        while (System.currentTimeMillis() / 1000 <= expiry(reply.refreshToken())) {
            Thread.onSpinWait();
        }
        assertThat(refresh(reply).error()).isEqualTo("invalid_grant");
    }

    @Test
    @Tries({"ASI10-stop", "RFC8693-5-revocation"})
    void an_actor_that_was_suspended_ends_it_even_where_no_policy_looks() {
        Reply reply = exchange(subject());
        mesh.executors(Map.of("mcp-resource-indicator", Map.of()));
        assertThat(chain(refresh(reply))).containsExactly("gateway", "desk");
        mesh.change("desk", client -> client.getAttributes().put("mcp.suspended", "misbehaved"));
        Reply refused = refresh(reply);
        mesh.change("desk", client -> client.getAttributes().put("mcp.suspended", ""));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error()).isEqualTo("invalid_grant");
        assertThat(refused.find("access_token")).isEmpty();
        assertThat(mesh.events().get(0).getDetails()).containsEntry("mcp_reason", "delegation_actor_ended");
        assertThat(chain(refresh(reply))).containsExactly("gateway", "desk");
    }

    @Test
    @Tries({"RFC8693-5-revocation", "ASI03-stale"})
    void a_logout_ends_it() {
        String id = mesh.addUser("lena", "lena");
        Reply reply =
                exchange(mesh.signIn("lena", "gateway", "openid gateway:use").accessToken());
        mesh.admin().users().get(id).logout();
        assertThat(refresh(reply).error()).isEqualTo("invalid_grant");
        assertThat(mesh.exchange("crm", reply.accessToken(), target("tickets")).error())
                .isEqualTo("invalid_request");
    }

    @Test
    @Tries({"RFC9700-4.14", "RFC8693-5-client"})
    void another_client_cannot_use_it() {
        Reply reply = exchange(subject());
        assertThat(mesh.oauth()
                        .refresh(as("crm"), reply.refreshToken(), Form.empty())
                        .error())
                .isEqualTo("invalid_grant");
    }
}
