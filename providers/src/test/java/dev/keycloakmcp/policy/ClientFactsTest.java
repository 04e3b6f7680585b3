package dev.keycloakmcp.policy;

import static dev.keycloakmcp.policy.ClientKind.AGENT;
import static dev.keycloakmcp.policy.ClientKind.APPLICATION;
import static dev.keycloakmcp.policy.ClientKind.METADATA_DOCUMENT;
import static dev.keycloakmcp.policy.ClientKind.REGISTERED;
import static dev.keycloakmcp.policy.ClientKind.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClientFactsTest {

    private static ClientFacts facts(String facts) {
        return new ClientFacts(
                facts.contains("registered"),
                facts.contains("document"),
                facts.contains("signIn"),
                facts.contains("exchange"),
                facts.contains("serviceAccount"),
                facts.contains("allowedResources"),
                facts.contains("scope"),
                facts.contains("server "));
    }

    @Test
    void a_client_without_mcp_is_of_no_kind() {
        assertThat(facts("signIn serviceAccount").kinds()).isEmpty();
        assertThat(facts("").kinds()).isEmpty();
        assertThat(facts("scope").kinds()).isEmpty();
        assertThat(facts("allowedResources").kinds()).isEmpty();
    }

    @Test
    void an_application_signs_people_in_and_has_an_mcp_scope() {
        assertThat(facts("signIn scope").kinds()).containsExactly(APPLICATION);
    }

    @Test
    void a_client_that_only_exchanges_tokens_is_an_application() {
        assertThat(facts("exchange scope").kinds()).containsExactly(APPLICATION);
        assertThat(facts("exchange").kinds()).isEmpty();
        assertThat(facts("exchange serviceAccount scope").kinds()).containsExactly(AGENT);
        assertThat(facts("exchange server scope").kinds()).containsExactly(SERVER);
        assertThat(facts("exchange registered scope").kinds()).containsExactly(REGISTERED);
    }

    @Test
    void a_registered_client_is_no_application() {
        assertThat(facts("registered signIn scope").kinds()).containsExactly(REGISTERED);
        assertThat(facts("document signIn scope").kinds()).containsExactly(METADATA_DOCUMENT);
    }

    @Test
    void an_agent_has_a_service_account_and_something_to_reach() {
        assertThat(facts("serviceAccount scope").kinds()).containsExactly(AGENT);
        assertThat(facts("serviceAccount allowedResources").kinds()).containsExactly(AGENT);
    }

    @Test
    void a_client_may_be_of_several_kinds() {
        assertThat(facts("server signIn serviceAccount scope").kinds())
                .containsExactlyInAnyOrder(SERVER, APPLICATION, AGENT);
        assertThat(facts("server ").kinds()).containsExactly(SERVER);
    }

    @Test
    void kinds_are_read_by_their_configured_value() {
        assertThat(ClientKind.of("metadata-document")).contains(METADATA_DOCUMENT);
        assertThat(ClientKind.of("agent")).contains(AGENT);
        assertThat(ClientKind.of("robot")).isEmpty();
    }
}
