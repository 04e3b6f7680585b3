package dev.keycloakmcp.itest.delegation;

import static dev.keycloakmcp.itest.delegation.DelegationRealm.as;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.chain;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.target;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.ECKey;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Keys;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tokens that are bound to a key (RFC 9449). */
@KeycloakTest
class SenderConstrainedIT {

    private static DelegationRealm mesh;

    @BeforeAll
    static void create(TestRealm realm) {
        mesh = DelegationRealm.create(realm);
        mesh.policy(Map.of("require-may-act", "never"));
    }

    private static String bound(ECKey key) {
        String token = mesh.oauth()
                .token(as("desk").proving(key), Form.password("alice", "alice").and(target("gateway")))
                .expect(200)
                .accessToken();
        assertThat(Jwt.decode(token).claims().path("cnf").path("jkt").asText()).isNotBlank();
        return token;
    }

    @Test
    void the_server_that_received_a_bound_token_exchanges_it_without_the_holders_key() {
        Reply reply = mesh.exchange("gateway", bound(Keys.ec()), "crm");
        assertThat(chain(reply)).containsExactly("gateway");
        assertThat(Jwt.decode(reply.accessToken()).claims().has("cnf")).isFalse();
    }

    @Test
    void what_it_gets_may_be_bound_to_its_own_key() throws JOSEException {
        ECKey own = Keys.ec();
        Reply reply = mesh.oauth().exchange(as("gateway").proving(own), bound(Keys.ec()), target("crm"));
        assertThat(chain(reply)).containsExactly("gateway");
        assertThat(reply.get("token_type")).isEqualTo("DPoP");
        assertThat(Jwt.decode(reply.accessToken())
                        .claims()
                        .path("cnf")
                        .path("jkt")
                        .asText())
                .isEqualTo(own.computeThumbprint().toString());
        // The next server exchanges that one as well.
        assertThat(chain(mesh.exchange("crm", reply.accessToken(), "tickets"))).containsExactly("crm", "gateway");
    }

    @Test
    @Tries({"RFC9700-2.2.1", "RFC9700-4.10.1"})
    void nobody_else_exchanges_a_bound_token() {
        assertThat(mesh.exchange("specialist", bound(Keys.ec()), "crm").error()).isEqualTo("invalid_request");
    }

    @Test
    @Tries({"RFC9700-2.2.1", "RFC9700-4.10.1"})
    void a_client_that_is_its_audience_alone_does_not_free_a_token_of_its_key() {
        mesh.add(Client.confidential("plain", "plain").directAccess().defaults("basic", "mcp-actor"));
        mesh.add(Client.confidential("reporter", "reporter").exchanges().defaults("basic"));
        mesh.stockAudience("plain", "reporter");
        ECKey key = Keys.ec();
        String bound = mesh.oauth()
                .token(as("plain").proving(key), Form.password("alice", "alice"))
                .expect(200)
                .accessToken();
        Reply refused = mesh.oauth().exchange(as("reporter"), bound, Form.empty());
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error()).isEqualTo("invalid_request");
        String bearer = mesh.oauth()
                .token(as("plain"), Form.password("alice", "alice"))
                .expect(200)
                .accessToken();
        mesh.oauth().exchange(as("reporter"), bearer, Form.empty()).expect(200);
    }

    @Test
    @Tries({"RFC9700-4.10.1", "RFC8693-2.1-actor"})
    void a_bound_actor_token_needs_its_proof() {
        ECKey key = Keys.ec();
        String actor = mesh.oauth()
                .clientCredentials(as("gateway").proving(key), target("crm"))
                .expect(200)
                .accessToken();
        Form form = target("crm").and(DelegationRealm.actor(actor));
        String subject = mesh.direct("alice", "gateway");
        assertThat(mesh.exchange("gateway", subject, form).error()).isEqualTo("invalid_request");
        assertThat(chain(mesh.oauth().exchange(as("gateway").proving(key), subject, form)))
                .containsExactly("gateway");
    }
}
