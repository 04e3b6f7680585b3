package dev.keycloakmcp.itest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.LogFile;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** An untouched Keycloak takes our jars, and a person can sign in. */
@KeycloakTest
class ServerIT {

    /** What Keycloak says of every extension that goes beyond its public SPIs. */
    private static final String INTERNAL_SPI = "KC-SERVICES0047";

    @Test
    void serves_the_metadata_of_a_realm(TestRealm realm) {
        Reply reply = realm.oauth().get(URI.create(realm.issuer() + "/.well-known/openid-configuration"));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.get("issuer")).isEqualTo(realm.issuer().toString());
    }

    @Test
    void offers_our_login_theme(KeycloakServer server) {
        assertThat(server.admin().serverInfo().getInfo().getThemes().get("login"))
                .anyMatch(theme -> theme.getName().equals("mcp"));
    }

    @Test
    void complains_about_nothing_in_the_log(KeycloakServer server) {
        assertThat(LogFile.since(server.logFile(), 0).lines())
                .isNotEmpty()
                .noneMatch(line -> line.contains(" ERROR "))
                .filteredOn(line -> !line.contains(INTERNAL_SPI))
                .noneMatch(line -> line.contains(" WARN ") && line.contains("dev.keycloakmcp"));
    }

    @Test
    void signs_a_person_in(TestRealm realm) {
        realm.addUser("alice", "alice");
        realm.add(Client.application("app", "https://app.example/callback").consent());
        OAuthClient oauth = realm.oauth();

        var authorization = oauth.authorize(Form.of("client_id", "app")
                        .with("redirect_uri", "https://app.example/callback")
                        .with("scope", "openid"))
                .login("alice", "alice")
                .consent(true);
        Reply tokens =
                oauth.code(ClientAuth.none("app"), authorization, Form.empty()).expect(200);
        Jwt token = oauth.verify(tokens.accessToken());

        assertThat(token.text("preferred_username")).isEqualTo("alice");
        assertThat(oauth.refresh(ClientAuth.none("app"), tokens.refreshToken(), Form.empty())
                        .status())
                .isEqualTo(200);
    }
}
