package dev.keycloakmcp.itest.delegation;

import static dev.keycloakmcp.itest.delegation.DelegationRealm.actor;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.as;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.chain;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.machine.BehindTlsProxy;
import dev.keycloakmcp.itest.machine.ClientCertificate;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.TestRealm;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Subject and actor tokens that are bound to a client certificate (RFC 8705), behind a proxy that terminates TLS. */
@BehindTlsProxy
class MtlsDelegationIT {

    private static final Map<String, Object> POLICY = Map.of("require-may-act", "never", "allow-refresh", true);

    private static DelegationRealm mesh;
    private static ClientCertificate users;
    private static ClientCertificate agents;
    private static ClientCertificate strangers;

    @BeforeAll
    static void create(TestRealm realm, @TempDir Path folder) {
        users = ClientCertificate.create(folder, "CN=desk,O=Example");
        agents = ClientCertificate.create(folder, "CN=gateway,O=Example");
        strangers = ClientCertificate.create(folder, "CN=stranger,O=Example");
        mesh = DelegationRealm.create(realm);
        Stream.of("desk", "gateway")
                .forEach(name -> mesh.change(name, client -> client.getAttributes()
                        .put("tls.client.certificate.bound.access.tokens", "true")));
        mesh.change("gateway", client -> client.getAttributes()
                .put("standard.token.exchange.enableRefreshRequestedTokenType", "SAME_SESSION"));
        mesh.policy(POLICY);
    }

    @AfterEach
    void defaults() {
        mesh.policy(POLICY);
    }

    private static ClientAuth gateway() {
        return agents.over(as("gateway"));
    }

    /** The user's token for the gateway, bound to the certificate of the app. */
    private static String bound() {
        String token = mesh.oauth()
                .token(users.over(as("desk")), Form.password("alice", "alice").and(target("gateway")))
                .expect(200)
                .accessToken();
        assertThat(thumbprint(token)).isEqualTo(users.thumbprint());
        return token;
    }

    /** The gateway's own token, bound to its certificate. */
    private static String machine() {
        String token = mesh.oauth()
                .clientCredentials(gateway(), target("crm"))
                .expect(200)
                .accessToken();
        assertThat(thumbprint(token)).isEqualTo(agents.thumbprint());
        return token;
    }

    private static String thumbprint(String token) {
        return Jwt.decode(token).claims().path("cnf").path("x5t#S256").asText();
    }

    @Test
    void the_server_that_received_a_bound_token_exchanges_it_over_its_own_certificate() {
        Reply reply = mesh.oauth().exchange(gateway(), bound(), target("crm"));
        assertThat(chain(reply)).containsExactly("gateway");
        assertThat(thumbprint(reply.accessToken())).isEqualTo(agents.thumbprint());
        assertThat(mesh.oauth()
                        .introspect(as("crm"), reply.accessToken())
                        .json()
                        .path("cnf")
                        .path("x5t#S256")
                        .asText())
                .isEqualTo(agents.thumbprint());
        // The next server has no certificate, and gets a token that is bound to none.
        Reply next = mesh.exchange("crm", reply.accessToken(), "tickets");
        assertThat(chain(next)).containsExactly("crm", "gateway");
        assertThat(Jwt.decode(next.accessToken()).claims().has("cnf")).isFalse();
    }

    @Test
    void a_bound_actor_token_is_proven_by_its_certificate() {
        Reply reply = mesh.oauth().exchange(gateway(), bound(), target("crm").and(actor(machine())));
        assertThat(chain(reply)).containsExactly("gateway");
    }

    @Test
    @Tries({"RFC9700-2.2.1", "RFC9700-4.10.1"})
    void a_refresh_needs_the_certificate_and_keeps_the_binding() {
        Reply first = mesh.oauth()
                .exchange(gateway(), bound(), target("crm").with("requested_token_type", DelegationRealm.REFRESH_TOKEN))
                .expect(200);
        Reply second = mesh.oauth().refresh(gateway(), first.refreshToken(), Form.empty());
        assertThat(chain(second)).containsExactly("gateway");
        assertThat(thumbprint(second.accessToken())).isEqualTo(agents.thumbprint());
        assertThat(mesh.oauth()
                        .refresh(strangers.over(as("gateway")), first.refreshToken(), Form.empty())
                        .status())
                .isEqualTo(401);
        assertThat(mesh.oauth()
                        .refresh(as("gateway"), first.refreshToken(), Form.empty())
                        .status())
                .isEqualTo(401);
    }

    @TestFactory
    @Tries({"RFC9700-4.10.1", "RFC8693-2.1-actor"})
    Stream<DynamicTest> without_the_right_certificate() {
        return Stream.of(
                attack("the client sends no certificate", "client_certificate_missing", () -> {
                    String subject = bound();
                    return () -> mesh.exchange("gateway", subject, "crm");
                }),
                attack("bound token by its holder, over no certificate", "subject_token_unproven", () -> {
                    String token = machine();
                    return () -> mesh.exchange("gateway", token, "tickets");
                }),
                attack("bound token by its holder, over another certificate", "subject_token_unproven", () -> {
                    String token = machine();
                    return () -> mesh.oauth().exchange(strangers.over(as("gateway")), token, target("tickets"));
                }),
                attack("bound token of another server", "subject_token_not_for_client", () -> {
                    String subject = bound();
                    return () -> mesh.oauth().exchange(users.over(as("specialist")), subject, target("crm"));
                }),
                attack("bound actor token, over no certificate", "actor_token_unproven", () -> {
                    String subject = bound();
                    String actor = machine();
                    return () -> mesh.exchange("gateway", subject, target("crm").and(actor(actor)));
                }),
                attack("bound actor token, over the user's certificate", "actor_token_unproven", () -> {
                    String subject = bound();
                    String actor = machine();
                    return () -> mesh.oauth()
                            .exchange(
                                    users.over(as("gateway")),
                                    subject,
                                    target("crm").and(actor(actor)));
                }),
                attack("bound actor token, over a stranger's certificate", "actor_token_unproven", () -> {
                    String subject = bound();
                    String actor = machine();
                    return () -> mesh.oauth()
                            .exchange(
                                    strangers.over(as("gateway")),
                                    subject,
                                    target("crm").and(actor(actor)));
                }));
    }

    private static DynamicTest attack(String name, String reason, Attack.Preparation preparation) {
        return Attack.attack(mesh, "certificate: " + name, "invalid_request", reason, preparation);
    }
}
