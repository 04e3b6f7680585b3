package dev.keycloakmcp.machine.provider;

import dev.keycloakmcp.machine.ClientAssertion;
import dev.keycloakmcp.support.provider.SharedMarks;
import org.keycloak.common.util.Time;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;

/**
 * Remembers assertions as long as they are good. Keycloak's own memory of them may end earlier, by the clock skew it
 * allows for {@code iat}.
 */
final class AssertionUse {

    private static final String ATTRIBUTE = AssertionUse.class.getName();
    private static final String KEY_PREFIX = "mcp-assertion:";

    private final KeycloakSession session;
    private final ClientModel client;
    private final UsedCredential credential;

    AssertionUse(KeycloakSession session, ClientModel client, UsedCredential credential) {
        this.session = session;
        this.client = client;
        this.credential = credential;
    }

    /** True when this request is the first to use it; several policies of one request may ask. */
    boolean isFirst(ClientAssertion assertion) {
        Boolean known = session.getAttribute(ATTRIBUTE, Boolean.class);
        if (known == null) {
            known = credential.assertionId().filter(id -> use(id, assertion)).isPresent();
            session.setAttribute(ATTRIBUTE, known);
        }
        return known;
    }

    private boolean use(String id, ClientAssertion assertion) {
        long seconds = Math.max(1, assertion.expiresAt() - Time.currentTime() + 1);
        return SharedMarks.of(session).putIfAbsent(KEY_PREFIX + client.getId() + ":" + id, seconds);
    }
}
