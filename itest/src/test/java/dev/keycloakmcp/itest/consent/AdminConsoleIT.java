package dev.keycloakmcp.itest.consent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.itest.browser.Browser;
import dev.keycloakmcp.itest.browser.BrowserTest;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.server.ClientPolicy;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keycloak.admin.client.resource.ProtocolMappersResource;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;

/** The forms of the extension in the Admin Console: what an administrator reads, and what happens when she saves. */
@KeycloakTest
@BrowserTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdminConsoleIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> EXECUTORS =
            List.of("mcp-resource-indicator", "mcp-client-credentials", "mcp-delegation");

    private TestRealm realm;
    private String scopeId;

    @BeforeAll
    void configure(TestRealm empty) {
        realm = empty;
        realm.settings(settings -> settings.setDisplayName("Example Inc."));
        ClientScopeRepresentation scope = new ClientScopeRepresentation();
        scope.setName("files:read");
        scope.setProtocol("openid-connect");
        scopeId = realm.add(scope);
        realm.add(Client.of("files").resource("https://files.example.com/mcp", "files:read"));
    }

    /** As the documentation has it, so that every form is there to open. */
    @BeforeEach
    void profile() {
        Map<String, Map<String, ?>> executors = new LinkedHashMap<>();
        EXECUTORS.forEach(id -> executors.put(id, Map.of()));
        Map<String, Map<String, ?>> conditions = Map.of("mcp-client", Map.of(), "mcp-resource", Map.of());
        ClientPolicy.replace(realm.admin(), List.of(new ClientPolicy("mcp", true, conditions, executors)));
    }

    private static final String ROUTE = "/realm-settings/client-policies/mcp";

    private JsonNode saved(String executor) {
        return realm
                .admin()
                .clientPoliciesProfilesResource()
                .getProfiles(false)
                .getProfiles()
                .get(0)
                .getExecutors()
                .stream()
                .filter(each -> each.getExecutorProviderId().equals(executor))
                .findFirst()
                .orElseThrow()
                .getConfiguration();
    }

    @Test
    void the_registration_policy_explains_and_checks_itself(Browser browser) {
        AdminConsole console = new AdminConsole(browser, realm);
        console.open("/clients/client-registration/anonymous/mcp-client-registration");
        console.awaitLabel("Reuse identical registrations");
        assertThat(console.labels()).contains("Loopback redirects", "Hosts for https redirects", "MCP servers");
        console.fill("name", "MCP");
        console.fill("config.https-redirect-hosts0", "claude.ai");
        console.look("admin-registration", 1450);
        assertThat(console.help("mcp-client-registration.consent-required.label"))
                .contains("Off: anybody who registers a client gets tokens");

        console.fill("config.https-redirect-hosts0", "*.com");
        assertThat(console.save("save")).contains("'https-redirect-hosts': '*.com' is not a host");
        console.fill("config.https-redirect-hosts0", "{claude}.ai");
        assertThat(console.save("save")).contains("'https-redirect-hosts': '{claude}.ai' is not a host");
        console.fill("config.https-redirect-hosts0", "claude.ai");
        console.fill("max-clients", "-5");
        assertThat(console.save("save")).contains("max-clients").contains("number");
        console.fill("max-clients", "50");
        console.fill("config.allowed-resources0", "https://nobody.example.com/mcp");
        assertThat(console.save("save"))
                .contains("allowed-resources")
                .contains("no MCP server of this realm has the URI 'https://nobody.example.com/mcp'");
        console.fill("config.allowed-resources0", "https://files.example.com/mcp");
        console.pick("#extra-scopes", "files:read");
        assertThat(console.save("save")).contains("uccess");

        MultivaluedHashMap<String, String> config =
                realm.admin().components().query(null, null, "MCP").get(0).getConfig();
        assertThat(config.get("https-redirect-hosts")).containsExactly("claude.ai");
        assertThat(config.get("max-clients")).containsExactly("50");
        assertThat(config.get("extra-scopes")).containsExactlyInAnyOrder("offline_access", "files:read");
        assertThat(config.get("consent-required")).containsExactly("true");
    }

    @ParameterizedTest
    @CsvSource({
        "mcp-client-credentials, Longest token lifetime (seconds), max-token-lifetime, -5, 120, 1120",
        "mcp-delegation,         Deepest chain of actors,          max-chain-depth,     9, 3,   1130",
    })
    void executors_explain_and_check_themselves(
            String executor, String label, String field, String wrong, String right, int height, Browser browser) {
        AdminConsole console = new AdminConsole(browser, realm);
        console.open(ROUTE + "/edit-profile/" + executor);
        console.awaitLabel(label);
        assertThat(console.labels()).contains("Enforcement", "When the resource is missing");
        console.look("admin-" + executor, height);
        assertThat(console.help("mcp-executor.enforcement.label")).contains("'report' lets every request go on");

        console.fill(field, wrong);
        assertThat(console.save("addExecutor-saveBtn"))
                .contains("'" + field + "' has to be a whole number")
                .contains(wrong);
        console.fill(field, right);
        assertThat(console.save("addExecutor-saveBtn")).contains("uccess");
        assertThat(saved(executor).get(field).asText()).isEqualTo(right);
    }

    @Test
    void the_executor_that_binds_tokens_explains_itself(Browser browser) {
        AdminConsole console = new AdminConsole(browser, realm);
        console.open(ROUTE + "/edit-profile/mcp-resource-indicator");
        console.awaitLabel("Remember consent");
        console.look("admin-mcp-resource-indicator", 850);

        console.pick("#enforcement", "report");
        console.click("label:has([data-testid=include-client-id])");
        assertThat(console.save("addExecutor-saveBtn")).contains("uccess");
        assertThat(saved("mcp-resource-indicator").get("enforcement").asText()).isEqualTo("report");
        assertThat(saved("mcp-resource-indicator").get("include-client-id").asBoolean())
                .isTrue();
    }

    @Test
    void a_list_of_authentication_methods_is_checked(Browser browser) {
        AdminConsole console = new AdminConsole(browser, realm);
        console.open(ROUTE + "/add-executor");
        console.pick("#kc-executor", "mcp-client-credentials");
        console.awaitLabel("Allowed authentication methods");
        console.fill("config.allowed-auth-methods0", "secret!");
        assertThat(console.save("addExecutor-saveBtn"))
                .contains("allowed-auth-methods")
                .contains("secret!");
    }

    private JsonNode savedCondition(String condition) {
        return realm
                .admin()
                .clientPoliciesPoliciesResource()
                .getPolicies()
                .getPolicies()
                .get(0)
                .getConditions()
                .stream()
                .filter(each -> each.getConditionProviderId().equals(condition))
                .findFirst()
                .orElseThrow()
                .getConfiguration();
    }

    @Test
    void the_condition_on_clients_is_picked_from_kinds(Browser browser) {
        AdminConsole console = new AdminConsole(browser, realm);
        console.open(ROUTE + "/edit-policy/mcp-client/edit-condition");
        console.awaitLabel("Kinds of clients");
        console.look("admin-mcp-client", 800);
        assertThat(console.help("mcp-client.kinds.label")).contains("Clients of no kind notice nothing");
        console.pick("#kinds", "registered");
        assertThat(console.save("addCondition-saveBtn")).contains("uccess");
        assertThat(savedCondition("mcp-client").get("kinds").toString()).isEqualTo("[\"registered\"]");
    }

    @Test
    void the_condition_on_resources_checks_what_is_typed(Browser browser) {
        AdminConsole console = new AdminConsole(browser, realm);
        console.open(ROUTE + "/edit-policy/mcp-resource/edit-condition");
        console.awaitLabel("Resources");
        console.look("admin-mcp-resource", 800);
        console.fill("config.resources0", "files");
        assertThat(console.save("addCondition-saveBtn")).contains("'resources': 'files' is neither * nor");
        console.fill("config.resources0", "https://nobody.example.com/mcp");
        assertThat(console.save("addCondition-saveBtn")).contains("'resources': no MCP server of this realm");
        console.fill("config.resources0", "https://files.example.com/**");
        assertThat(console.save("addCondition-saveBtn")).contains("uccess");
        assertThat(savedCondition("mcp-resource").get("resources").toString())
                .isEqualTo("[\"https://files.example.com/**\"]");
    }

    private Map<String, String> savedMapper(String type) {
        return mappers().getMappers().stream()
                .filter(each -> each.getProtocolMapper().equals(type))
                .findFirst()
                .orElseThrow()
                .getConfig();
    }

    private ProtocolMappersResource mappers() {
        return realm.admin().clientScopes().get(scopeId).getProtocolMappers();
    }

    private void removeMappers() {
        mappers().getMappers().forEach(mapper -> mappers().delete(mapper.getId()));
    }

    private AdminConsole newMapper(Browser browser, String name) {
        AdminConsole console = new AdminConsole(browser, realm);
        console.open("/client-scopes/" + scopeId + "/mappers");
        console.clickText("main button", "Configure a new mapper");
        console.clickText("[role=dialog] li", name);
        return console;
    }

    @Test
    void the_actor_mapper_explains_itself(Browser browser) {
        AdminConsole console = newMapper(browser, "MCP actor (act)");
        console.awaitLabel("Stamp delegated tokens");
        console.look("admin-oidc-mcp-actor-mapper", 950);
        console.fill("name", "actor");
        assertThat(console.save("save")).contains("uccess");
        assertThat(savedMapper("oidc-mcp-actor-mapper")).containsEntry("stamp-delegated", "true");
        removeMappers();
    }

    @Test
    void the_may_act_mapper_names_a_client_that_is_picked(Browser browser) {
        AdminConsole console = newMapper(browser, "MCP actor that may act (may_act)");
        console.awaitLabel("Actor attribute");
        console.fill("name", "may act");
        assertThat(console.save("save")).contains("actor or actor-attribute has to be set");
        console.dismiss();
        console.pick(
                "[id='config.actor'], main .pf-v5-c-form__group:has(label[for='config.actor']) button[aria-expanded]",
                "files");
        console.look("admin-oidc-mcp-may-act-mapper", 850);
        assertThat(console.save("save")).contains("uccess");
        assertThat(savedMapper("oidc-mcp-may-act-mapper")).containsEntry("actor", "files");
        removeMappers();
    }

    @Test
    void the_forms_speak_german(Browser browser) {
        RealmResource master = realm.server().admin().realm("master");
        RealmRepresentation settings = master.toRepresentation();
        settings.setInternationalizationEnabled(true);
        settings.setSupportedLocales(Set.of("en", "de"));
        settings.setDefaultLocale("de");
        master.update(settings);
        try {
            browser.languages("de-DE,de");
            AdminConsole console = new AdminConsole(browser, realm);
            console.open("/clients/client-registration/anonymous/mcp-client-registration");
            console.awaitLabel("Hosts für https-Redirects");
            assertThat(console.help("mcp-client-registration.consent-required.label"))
                    .contains("Aus: ");
        } finally {
            settings.setInternationalizationEnabled(false);
            master.update(settings);
        }
    }

    @Test
    void the_server_says_which_version_is_installed(Browser browser) {
        AdminConsole console = new AdminConsole(browser, realm);
        console.openAt("/master/providers");
        browser.await("document.body.innerText.includes('mcp-resource-indicator')");
        String version = realm.server()
                .admin()
                .serverInfo()
                .getInfo()
                .getProviders()
                .get("client-policy-executor")
                .getProviders()
                .get("mcp-resource-indicator")
                .getOperationalInfo()
                .get("Keycloak MCP Policies");
        assertThat(version).matches("[0-9]+\\.[0-9]+\\.[0-9]+(-SNAPSHOT)?");
        browser.evaluate("[...document.querySelectorAll('tr')].find(row => row.innerText.startsWith("
                + "'client-policy-executor')).querySelectorAll('button').forEach(button => button.click()), 0");
        browser.await("document.body.innerText.includes('" + version + "')");
        browser.evaluate("[...document.querySelectorAll('tr')].find(row => row.innerText.startsWith("
                + "'client-policy-executor')).scrollIntoView(), 0");
        console.look("admin-provider-info", 1000);
    }
}
