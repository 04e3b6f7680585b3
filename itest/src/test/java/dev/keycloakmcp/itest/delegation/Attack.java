package dev.keycloakmcp.itest.delegation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.oauth.Reply;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DynamicTest;
import org.keycloak.representations.idm.EventRepresentation;

/** Something that must not work: it gets the right error, no token, leaves no session behind, and shows in the events. */
final class Attack {

    /** Prepares everything, and returns what to send. */
    interface Preparation {
        Callable<Reply> prepare() throws Exception;
    }

    private Attack() {}

    /**
     * Makes a test.
     *
     * @param reason the code of the reason; empty where Keycloak itself refuses and tells its reason in words
     */
    static DynamicTest attack(DelegationRealm mesh, String name, String error, String reason, Preparation preparation) {
        return DynamicTest.dynamicTest(name, () -> {
            Callable<Reply> request = preparation.prepare();
            Map<String, Long> before = mesh.sessions();
            List<String> told =
                    mesh.events().stream().map(EventRepresentation::getId).toList();
            Reply reply = request.call();

            assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
            assertThat(reply.error()).as(reply.toString()).isEqualTo(error);
            assertThat(reply.errorDescription()).isNotBlank();
            assertThat(reply.find("access_token")).isEmpty();
            assertThat(reply.find("refresh_token")).isEmpty();
            assertThat(mesh.sessions()).isEqualTo(before);
            EventRepresentation event = mesh.events().get(0);
            assertThat(told).as("an event of this request").doesNotContain(event.getId());
            assertThat(event.getType()).endsWith("_ERROR");
            assertThat(event.getError()).isNotBlank();
            if (reason.isEmpty()) {
                assertThat(event.getDetails().get("reason")).isNotBlank();
            } else {
                assertThat(event.getDetails())
                        .containsEntry("mcp_reason", reason)
                        .containsEntry("mcp_decision", "deny");
            }
        });
    }
}
