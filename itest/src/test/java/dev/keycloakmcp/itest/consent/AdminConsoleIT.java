package dev.keycloakmcp.itest.consent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.itest.browser.Browser;
import dev.keycloakmcp.itest.browser.BrowserTest;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.ClientPoliciesRepresentation;
import org.keycloak.representations.idm.ClientPolicyConditionRepresentation;
import org.keycloak.representations.idm.ClientPolicyExecutorRepresentation;
import org.keycloak.representations.idm.ClientPolicyRepresentation;
import org.keycloak.representations.idm.ClientProfileRepresentation;
import org.keycloak.representations.idm.ClientProfilesRepresentation;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;

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
        ClientScopeRepresentation scope = new ClientScopeRepresentation();
        scope.setName("files:read");
        scope.setProtocol("openid-connect");
        scopeId = realm.add(scope);
        ClientRepresentation server = new ClientRepresentation();
        server.setClientId("files");
        server.setAttributes(Map.of("resource_url", "https://files.example.com/mcp", "mcp.scopes", "files:read"));
        realm.add(server);
    }

    /** As the documentation has it, so that every form is there to open. */
    @BeforeEach
    void profile() {
        ClientProfileRepresentation profile = new ClientProfileRepresentation();
        profile.setName("mcp");
        profile.setExecutors(EXECUTORS.stream().map(AdminConsoleIT::executor).toList());
        ClientProfilesRepresentation profiles = new ClientProfilesRepresentation();
        profiles.setProfiles(List.of(profile));
        realm.admin().clientPoliciesProfilesResource().updateProfiles(profiles);
        ClientPolicyRepresentation policy = new ClientPolicyRepresentation();
        policy.setName("mcp");
        policy.setEnabled(true);
        policy.setConditions(List.of(condition("mcp-client"), condition("mcp-resource")));
        policy.setProfiles(List.of("mcp"));
        ClientPoliciesRepresentation policies = new ClientPoliciesRepresentation();
        policies.setPolicies(List.of(policy));
        realm.admin().clientPoliciesPoliciesResource().updatePolicies(policies);
    }

    private static ClientPolicyExecutorRepresentation executor(String id) {
        ClientPolicyExecutorRepresentation executor = new ClientPolicyExecutorRepresentation();
        executor.setExecutorProviderId(id);
        executor.setConfiguration(JSON.createObjectNode());
        return executor;
    }

    private static ClientPolicyConditionRepresentation condition(String id) {
        ClientPolicyConditionRepresentation condition = new ClientPolicyConditionRepresentation();
        condition.setConditionProviderId(id);
        condition.setConfiguration(JSON.createObjectNode());
        return condition;
    }

    private void open(Browser browser, String route) {
        browser.screen(1280, 1000);
        browser.open(URI.create(realm.server().baseUri() + "/admin/master/console/#" + route));
        browser.await("document.querySelector('#username') || document.querySelector('[data-testid]')");
        if (browser.shows("#username")) {
            browser.signIn(realm.server().adminUsername(), realm.server().adminPassword());
        }
        browser.await("document.querySelector('main')");
    }

    private static void save(Browser browser, String button) {
        browser.evaluate("document.querySelectorAll('.pf-v5-c-alert button').forEach(b => b.click()), 0");
        browser.click(button);
        browser.await("document.querySelector('.pf-v5-c-alert-group .pf-v5-c-alert')");
    }

    /** Forms are filled in anew when what is stored arrives, so type until it stays. */
    private static void fill(Browser browser, String field, String text) {
        String value = "document.querySelector(\"" + field + "\").value === '" + text + "'";
        for (int attempt = 0; attempt < 10; attempt++) {
            browser.type(field, text);
            // Two frames: React has drawn by then.
            browser.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))");
            if (Boolean.TRUE.equals(browser.evaluate(value))) {
                return;
            }
        }
        throw new AssertionError(field + " does not keep what is typed");
    }

    private static String alert(Browser browser) {
        return String.join(" ", browser.texts(".pf-v5-c-alert-group .pf-v5-c-alert"));
    }

    private static final String LABELS = "main .pf-v5-c-form__label-text";

    @Test
    void the_registration_policy_explains_and_checks_itself(Browser browser) {
        String route = "/" + realm.name() + "/clients/client-registration/anonymous/mcp-client-registration";
        open(browser, route);
        browser.awaitShown("[data-testid=save]");
        browser.await("document.querySelectorAll('" + LABELS + "').length > 10");
        assertThat(browser.texts(LABELS)).contains("Loopback redirects", "Hosts for https redirects", "MCP servers");
        browser.screen(1280, 1900);
        browser.screenshot("admin-registration");
        fill(browser, "[data-testid=name]", "MCP");
        fill(browser, "[data-testid='config.https-redirect-hosts0']", "*.com");
        save(browser, "[data-testid=save]");
        assertThat(alert(browser)).contains("https-redirect-hosts").contains("*.com");
        fill(browser, "[data-testid='config.https-redirect-hosts0']", "claude.ai");
        save(browser, "[data-testid=save]");
        assertThat(realm.admin().components().query(null, null, "MCP")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "mcp-resource-indicator, Remember consent",
        "mcp-client-credentials, Longest token lifetime (seconds)",
        "mcp-delegation, Deepest chain of actors",
    })
    void executors_explain_themselves(String executor, String label, Browser browser) {
        open(browser, "/" + realm.name() + "/realm-settings/client-policies/mcp/edit-profile/" + executor);
        browser.awaitShown("[data-testid=addExecutor-saveBtn]");
        browser.await("[...document.querySelectorAll('" + LABELS + "')].some(l => l.innerText === '" + label + "')");
        assertThat(browser.texts(LABELS)).contains("Enforcement", label);
        browser.screen(1280, 1300);
        browser.screenshot("admin-" + executor);
        save(browser, "[data-testid=addExecutor-saveBtn]");
        assertThat(alert(browser)).doesNotContain("Could not").contains("uccess");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mcp-client", "mcp-resource"})
    void conditions_explain_themselves(String condition, Browser browser) {
        open(
                browser,
                "/" + realm.name() + "/realm-settings/client-policies/mcp/edit-policy/" + condition
                        + "/edit-condition");
        browser.awaitShown("[data-testid=addCondition-saveBtn]");
        browser.await("[...document.querySelectorAll('" + LABELS + "')].some(l => l.innerText === 'Negative logic')");
        browser.screenshot("admin-" + condition);
        save(browser, "[data-testid=addCondition-saveBtn]");
        assertThat(alert(browser)).contains("uccess");
    }

    @ParameterizedTest
    @ValueSource(strings = {"oidc-mcp-actor-mapper", "oidc-mcp-may-act-mapper"})
    void mappers_explain_themselves(String type, Browser browser) {
        ProtocolMapperRepresentation mapper = new ProtocolMapperRepresentation();
        mapper.setName(type);
        mapper.setProtocol("openid-connect");
        mapper.setProtocolMapper(type);
        mapper.setConfig(Map.of("actor", "files"));
        realm.admin()
                .clientScopes()
                .get(scopeId)
                .getProtocolMappers()
                .createMapper(mapper)
                .close();
        String id = realm.admin().clientScopes().get(scopeId).getProtocolMappers().getMappers().stream()
                .filter(each -> each.getName().equals(type))
                .findFirst()
                .orElseThrow()
                .getId();
        open(browser, "/" + realm.name() + "/client-scopes/" + scopeId + "/mappers/" + id + "/edit");
        browser.awaitShown("[data-testid=save]");
        browser.await("document.querySelectorAll('" + LABELS + "').length > 3");
        browser.screenshot("admin-" + type);
        save(browser, "[data-testid=save]");
        assertThat(alert(browser)).contains("uccess");
    }

    /** The console asks for the messages of the administrator's locale at this address. */
    @Test
    void the_forms_speak_german() {
        assertThat(realm.oauth()
                        .get(URI.create(realm.server().baseUri() + "/resources/master/admin/de"))
                        .expect(200)
                        .body())
                .contains("mcp-client-registration.https-redirect-hosts.label")
                .contains("Hosts für https-Redirects");
    }

    @Test
    void the_server_says_which_version_is_installed(Browser browser) {
        open(browser, "/master/providers");
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
        browser.screenshot("admin-provider-info");
    }
}
