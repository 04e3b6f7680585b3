package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.policy.provider.TokenConstraints;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.delegate.ClientModelLazyDelegate;
import org.keycloak.protocol.oidc.OIDCConfigAttributes;
import org.keycloak.representations.AccessTokenResponse;

/**
 * The media type {@code at+jwt} in the JOSE header of an access token (RFC 9068 section 2.1). While Keycloak signs, it asks the
 * client in the session's context for it: one that says yes stands there for as long as that takes.
 */
final class Rfc9068Header {

    private final KeycloakSession session;
    private boolean building;
    private @Nullable ClientModel client;

    Rfc9068Header(KeycloakSession session) {
        this.session = session;
    }

    /** Builds a response; its tokens are signed when the last post-processor is through. */
    AccessTokenResponse during(Supplier<AccessTokenResponse> build) {
        building = true;
        TokenConstraints.of(session).addFinisher(tokens -> begin());
        try {
            return build.get();
        } finally {
            building = false;
            signed();
        }
    }

    private void begin() {
        ClientModel current = session.getContext().getClient();
        boolean profiled = McpRequest.of(session)
                .narrowing()
                .filter(narrowing -> narrowing.form().isRfc9068())
                .isPresent();
        // A finisher stays for the whole request, in which Keycloak may make tokens without us.
        if (building && profiled && current != null && client == null) {
            client = current;
            session.getContext().setClient(new Profiled(current));
        }
    }

    /** The tokens are signed: the client is itself again. */
    void signed() {
        if (client != null) {
            session.getContext().setClient(client);
            client = null;
        }
    }

    private static final class Profiled extends ClientModelLazyDelegate {

        Profiled(ClientModel client) {
            super(() -> client);
        }

        @Override
        public String getAttribute(String name) {
            return OIDCConfigAttributes.USE_RFC9068_ACCESS_TOKEN_HEADER_TYPE.equals(name)
                    ? Boolean.TRUE.toString()
                    : super.getAttribute(name);
        }
    }
}
