package dev.keycloakmcp.itest.machine;

import static dev.keycloakmcp.itest.machine.MachineRealm.CRM;
import static dev.keycloakmcp.itest.machine.MachineRealm.SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.keycloak.representations.idm.ClientRepresentation;

/** Agents with a client certificate (RFC 8705), behind a proxy that terminates TLS. */
@BehindTlsProxy
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MachineMtlsIT {

    private static final Form CRM_READ = Form.of("resource", CRM).with("scope", "crm:read");

    private TestRealm realm;
    private ClientCertificate certificate;
    private ClientCertificate stranger;

    @BeforeAll
    void start(KeycloakServer keycloak, @TempDir Path folder) {
        certificate = ClientCertificate.create(folder, "CN=agent,O=Example");
        stranger = ClientCertificate.create(folder, "CN=stranger,O=Example");
        realm = MachineRealm.create(keycloak, Map.of());
        realm.add(agent("certificate-agent", "client-x509"));
        realm.add(agent("secret-agent", "client-secret"));
    }

    @AfterAll
    void end() {
        realm.close();
    }

    private static ClientRepresentation agent(String id, String authenticator) {
        return MachineRealm.agent(id, "crm:read")
                .authenticator(authenticator)
                .attribute("x509.subjectdn", "CN=agent,O=Example")
                .attribute("x509.allow.regex.pattern.comparison", "false")
                .attribute("tls.client.certificate.bound.access.tokens", "true");
    }

    @Test
    void an_agent_authenticates_by_its_certificate_and_the_token_is_bound_to_it() {
        ClientAuth client = certificate.over(ClientAuth.none("certificate-agent"));
        Reply reply = realm.oauth().clientCredentials(client, CRM_READ).expect(200);
        Jwt token = realm.oauth().verify(reply.accessToken());

        assertThat(new StrictMcpServer(realm, CRM, "crm:read").accepts(reply.accessToken()))
                .isTrue();
        assertThat(token.claims().path("cnf").path("x5t#S256").asText()).isEqualTo(certificate.thumbprint());
        assertThat(realm.oauth()
                        .introspect(ClientAuth.basic("crm", SECRET), reply.accessToken())
                        .json()
                        .path("cnf")
                        .path("x5t#S256")
                        .asText())
                .isEqualTo(certificate.thumbprint());
    }

    @Test
    void a_token_got_by_a_secret_is_bound_to_the_certificate_of_the_connection() {
        ClientAuth client = certificate.over(ClientAuth.post("secret-agent", SECRET));
        Reply reply = realm.oauth().clientCredentials(client, CRM_READ).expect(200);

        assertThat(realm.oauth()
                        .verify(reply.accessToken())
                        .claims()
                        .path("cnf")
                        .path("x5t#S256")
                        .asText())
                .isEqualTo(certificate.thumbprint());
    }

    @Test
    @Tries({"RFC9700-2.5", "RFC9700-4.10.1"})
    void without_the_right_certificate_there_is_no_token() {
        Reply none = realm.oauth().clientCredentials(ClientAuth.none("certificate-agent"), CRM_READ);
        Reply other = realm.oauth().clientCredentials(stranger.over(ClientAuth.none("certificate-agent")), CRM_READ);
        Reply unbound = realm.oauth().clientCredentials(ClientAuth.post("secret-agent", SECRET), CRM_READ);

        for (Reply refused : List.of(none, other)) {
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.error()).isEqualTo("invalid_client");
        }
        assertThat(unbound.status()).isEqualTo(400);
        assertThat(unbound.error()).isEqualTo("invalid_request");
        for (Reply refused : List.of(none, other, unbound)) {
            assertThat(refused.body()).doesNotContain("access_token");
        }
    }

    @Test
    @Tries({"RFC7523-6-method", "RFC9700-2.5"})
    void the_method_that_was_used_counts() {
        MachineRealm.configure(realm, Map.of("allowed-auth-methods", "tls_client_auth"));
        realm.oauth()
                .clientCredentials(certificate.over(ClientAuth.none("certificate-agent")), CRM_READ)
                .expect(200);
        assertThat(realm.oauth()
                        .clientCredentials(certificate.over(ClientAuth.post("secret-agent", SECRET)), CRM_READ)
                        .error())
                .isEqualTo("invalid_client");
        MachineRealm.configure(realm, Map.of());
    }
}
