package dev.keycloakmcp.itest.delegation;

import static dev.keycloakmcp.itest.delegation.DelegationRealm.REDIRECT;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.as;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.chain;
import static dev.keycloakmcp.itest.realm.Scope.mapper;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.IdentityProviderMapperRepresentation;
import org.keycloak.representations.idm.IdentityProviderRepresentation;
import org.keycloak.representations.userprofile.config.UPConfig;

/** An identity provider that sends {@code act} and {@code may_act} puts no actor into the realm's tokens. */
@KeycloakTest
class BrokeredActorIT {

    private static final String FORGED = "forged";

    private static TestRealm partner;
    private static DelegationRealm mesh;

    @BeforeAll
    static void create(TestRealm realm, KeycloakServer server) {
        mesh = DelegationRealm.create(realm);
        partner = TestRealm.create(server, "partner");
        Client broker = Client.confidential("company-broker", "company-broker");
        broker.setRedirectUris(List.of(mesh.issuer() + "/broker/partner/endpoint"));
        broker.setProtocolMappers(Stream.of("act", "may_act")
                .map(claim -> mapper(
                        "sends " + claim,
                        "oidc-hardcoded-claim-mapper",
                        Map.of(
                                "claim.name", claim,
                                "claim.value", FORGED,
                                "jsonType.label", "String",
                                "access.token.claim", "true",
                                "id.token.claim", "true",
                                "userinfo.token.claim", "true")))
                .toList());
        partner.add(broker);
        partner.addUser("mallory", "mallory");

        UPConfig profile = mesh.admin().users().userProfile().getConfiguration();
        profile.setUnmanagedAttributePolicy(UPConfig.UnmanagedAttributePolicy.ENABLED);
        mesh.admin().users().userProfile().update(profile);
        IdentityProviderRepresentation provider = new IdentityProviderRepresentation();
        provider.setAlias("partner");
        provider.setProviderId("keycloak-oidc");
        provider.setEnabled(true);
        provider.setTrustEmail(true);
        provider.setConfig(new HashMap<>(Map.of(
                "clientId", "company-broker",
                "clientSecret", "company-broker",
                "clientAuthMethod", "client_secret_post",
                "authorizationUrl", partner.oauth().endpoint("auth").toString(),
                "tokenUrl", partner.oauth().endpoint("token").toString(),
                "userInfoUrl", partner.oauth().endpoint("userinfo").toString(),
                "jwksUrl", partner.oauth().endpoint("certs").toString(),
                "useJwksUrl", "true",
                "validateSignature", "true")));
        provider.getConfig().put("issuer", partner.issuer().toString());
        provider.getConfig().put("defaultScope", "openid email profile");
        mesh.admin().identityProviders().create(provider).close();
        for (String claim : List.of("act", "may_act")) {
            importing(claim, "oidc-user-attribute-idp-mapper", Map.of("user.attribute", claim));
            importing(
                    claim,
                    "oidc-user-session-note-idp-mapper",
                    Map.of("claims", "[{\"key\":\"" + claim + "\",\"value\":\"" + FORGED + "\"}]"));
            mesh.addMapper(
                    "desk",
                    mapper(
                            "attribute " + claim,
                            "oidc-usermodel-attribute-mapper",
                            everywhere(claim, Map.of("user.attribute", claim))));
            mesh.addMapper(
                    "desk",
                    mapper(
                            "note " + claim,
                            "oidc-usersessionmodel-note-mapper",
                            everywhere(claim, Map.of("user.session.note", claim))));
        }
        mesh.addMapper(
                "desk",
                mapper(
                        "what was imported",
                        "oidc-usermodel-attribute-mapper",
                        everywhere("imported", Map.of("user.attribute", "act"))));
    }

    @AfterAll
    static void remove() {
        partner.close();
    }

    private static void importing(String claim, String type, Map<String, String> config) {
        IdentityProviderMapperRepresentation mapper = new IdentityProviderMapperRepresentation();
        mapper.setName(type + " " + claim);
        mapper.setIdentityProviderAlias("partner");
        mapper.setIdentityProviderMapper(type);
        Map<String, String> all = new HashMap<>(Map.of("claim", claim, "syncMode", "FORCE"));
        all.putAll(config);
        mapper.setConfig(all);
        mesh.admin().identityProviders().get("partner").addMapper(mapper).close();
    }

    private static Map<String, String> everywhere(String claim, Map<String, String> more) {
        Map<String, String> config = new HashMap<>(Map.of(
                "claim.name", claim,
                "jsonType.label", "String",
                "access.token.claim", "true",
                "id.token.claim", "true",
                "userinfo.token.claim", "true",
                "introspection.token.claim", "true"));
        config.putAll(more);
        return config;
    }

    private static void assertNotForged(JsonNode claims, String... chain) {
        assertThat(claims.path("imported").asText()).as(claims.toString()).isEqualTo(FORGED);
        assertThat(chain(claims.path("act"))).containsExactly(chain);
        assertThat(claims.path("may_act").asText("")).isIn("", FORGED);
    }

    @Test
    @Tries("RFC8693-4.1-forge")
    void claims_of_a_brokered_identity_smuggle_no_actor() {
        Authorization authorization = mesh.oauth()
                .authorize(Form.of("client_id", "desk")
                        .with("redirect_uri", REDIRECT)
                        .with("scope", "openid gateway:use")
                        .with("resource", DelegationRealm.uri("gateway"))
                        .with("kc_idp_hint", "partner"))
                .as("mallory", "mallory");
        Reply reply = mesh.oauth().code(as("desk"), authorization, Form.empty()).expect(200);

        assertNotForged(Jwt.decode(reply.accessToken()).claims(), "desk");
        assertNotForged(Jwt.decode(reply.get("id_token")).claims());
        assertNotForged(mesh.oauth().userInfo(reply.accessToken()).json());
        assertNotForged(
                mesh.oauth().introspect(as("gateway"), reply.accessToken()).json(), "desk");
        // Who may act is said by a mapper of the administrator's: it permits nobody.
        assertThat(mesh.exchange("gateway", reply.accessToken(), "crm")
                        .expect(400)
                        .error())
                .isEqualTo("invalid_request");
        assertThat(mesh.events().get(0).getDetails()).containsEntry("mcp_reason", "may_act_malformed");
    }
}
