package dev.keycloakmcp.itest.consent;

import static dev.keycloakmcp.itest.consent.ConsentRealm.CALLBACK;
import static dev.keycloakmcp.itest.consent.ConsentRealm.READ;
import static dev.keycloakmcp.itest.consent.ConsentRealm.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.keycloak.representations.idm.OrganizationDomainRepresentation;
import org.keycloak.representations.idm.OrganizationRepresentation;

/** Consent to a client that asks which organizations a person belongs to. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OrganizationConsentIT {

    private ConsentRealm realm;

    @BeforeAll
    void configure(TestRealm empty) {
        realm = ConsentRealm.in(empty);
        realm.settings(settings -> settings.setOrganizationsEnabled(true));
        for (String alias : List.of("acme", "beta")) {
            OrganizationRepresentation organization = new OrganizationRepresentation();
            organization.setName(alias);
            organization.setAlias(alias);
            organization.addDomain(new OrganizationDomainRepresentation(alias + ".example"));
            realm.admin().organizations().create(organization).close();
        }
        realm.admin().organizations().list(0, 10).forEach(organization -> realm.admin()
                .organizations()
                .get(organization.getId())
                .members()
                .addMember(realm.userId("alice"))
                .close());
    }

    private String application(String clientId) {
        realm.add(Client.application(clientId, CALLBACK).consent().optional(READ, "organization"));
        return clientId;
    }

    /** The login page asks for the name first where there are organizations. */
    private Authorization ask(Browser browser, String client, String scope) {
        Authorization now = realm.oauth().authorize(ConsentRealm.request(client, CALLBACK, scope, SERVER), browser);
        for (int page = 0; page < 2 && now.asksForLogin(); page++) {
            now = now.login("alice", "alice");
        }
        return now;
    }

    @Test
    void aClientGetsTheOrganizationsThatWereAllowed() {
        for (String organization :
                List.of("organization:acme", "organization:*", "organization:acme organization:beta")) {
            String client = application("gets-" + organization.replaceAll("[^a-z]", ""));
            Authorization page = ask(new Browser(), client, "openid " + READ + " " + organization);
            assertThat(page.asksForConsent()).as(organization).isTrue();
            assertThat(page.page().document().select("#mcp-scopes").text())
                    .contains(organization.endsWith("*") ? "*" : "acme");
            Reply tokens = realm.oauth()
                    .code(ClientAuth.none(client), page.consent(true), Form.empty())
                    .expect(200);
            assertThat(Jwt.decode(tokens.get("id_token"))
                            .claims()
                            .get("organization")
                            .toString())
                    .contains("acme");
            realm.oauth()
                    .refresh(ClientAuth.none(client), tokens.refreshToken(), Form.empty())
                    .expect(200);
        }
    }

    @Test
    @Tries("MCP-confused-deputy-consent")
    void aYesToOneOrganizationIsNoneToAnother() {
        String client = application("one-of-two");
        Browser browser = new Browser();
        ask(browser, client, "openid " + READ + " organization:acme").consent(true);
        assertThat(ask(browser, client, "openid " + READ + " organization:acme").isDone())
                .isTrue();
        for (String other : List.of("organization:beta", "organization:*", "organization:acme organization:beta")) {
            Authorization silent = realm.oauth()
                    .authorize(
                            ConsentRealm.request(client, CALLBACK, "openid " + READ + " " + other, SERVER)
                                    .with("prompt", "none"),
                            browser);
            assertThat(silent.callback().get("error")).as(other).isEqualTo("interaction_required");
        }
    }
}
