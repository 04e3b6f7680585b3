package dev.keycloakmcp.token.provider;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import org.keycloak.util.JsonSerialization;

/** The answers of Keycloak's introspection, before they are sent. */
final class IntrospectionAnswer {

    /** Member that holds the answer as a token. */
    static final String JWT = "jwt";

    private IntrospectionAnswer() {}

    static Response changed(Response response, Consumer<ObjectNode> change) {
        try {
            ObjectNode answer = (ObjectNode) JsonSerialization.mapper.readTree((byte[]) response.getEntity());
            change.accept(answer);
            return Response.fromResponse(response)
                    .entity(JsonSerialization.writeValueAsBytes(answer))
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Response withoutToken(Response response) {
        return changed(response, answer -> answer.remove(JWT));
    }
}
