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
                facts.contains("standardFlow"),
                facts.contains("serviceAccount"),
                facts.contains("allowedResources"),
                facts.contains("scope"),
                facts.contains("server "));
    }

    @Test
    void a_client_without_mcp_is_of_no_kind() {
        assertThat(facts("standardFlow serviceAccount").kinds()).isEmpty();
        assertThat(facts("").kinds()).isEmpty();
        assertThat(facts("scope").kinds()).isEmpty();
        assertThat(facts("allowedResources").kinds()).isEmpty();
    }

    @Test
    void an_application_has_the_standard_flow_and_an_mcp_scope() {
        assertThat(facts("standardFlow scope").kinds()).containsExactly(APPLICATION);
    }

    @Test
    void a_registered_client_is_no_application() {
        assertThat(facts("registered standardFlow scope").kinds()).containsExactly(REGISTERED);
        assertThat(facts("document standardFlow scope").kinds()).containsExactly(METADATA_DOCUMENT);
    }

    @Test
    void an_agent_has_a_service_account_and_something_to_reach() {
        assertThat(facts("serviceAccount scope").kinds()).containsExactly(AGENT);
        assertThat(facts("serviceAccount allowedResources").kinds()).containsExactly(AGENT);
    }

    @Test
    void a_client_may_be_of_several_kinds() {
        assertThat(facts("server standardFlow serviceAccount scope").kinds())
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
