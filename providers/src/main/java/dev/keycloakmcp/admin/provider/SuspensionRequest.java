package dev.keycloakmcp.admin.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.audit.Suspension;
import dev.keycloakmcp.policy.provider.McpRealm;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuthErrorException;
import org.keycloak.models.ClientModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.services.ErrorResponseException;
import org.keycloak.util.JsonSerialization;

/** A request to suspend a client. */
final class SuspensionRequest {

    static final String REASON = "reason";

    /** Who wants the actor as the answer (RFC 7240); by default there is none. */
    private static final String PREFER = "Prefer";

    private static final String PREFERENCE_APPLIED = "Preference-Applied";
    private static final String REPRESENTATION = "return=representation";

    private static final String NOT_IN_USE =
            "The realm uses no MCP policies, without which a suspension stops nothing: add"
                    + " an executor of this extension to a client profile, or disable the client";

    private static final String OTHER_PROTOCOL =
            "The client does not use OpenID Connect, and a suspension stops no other protocol: disable the client";

    private final AdminRequest request;

    SuspensionRequest(AdminRequest request) {
        this.request = request;
    }

    /** The reason in a body; refused where it gives none that can be kept. */
    static String reason(@Nullable String body) {
        String reason = text(body);
        Suspension.problem(reason).ifPresent(problem -> {
            throw AdminRequest.invalid(problem);
        });
        return reason;
    }

    private static String text(@Nullable String body) {
        try {
            JsonNode reason =
                    JsonSerialization.mapper.readTree(body == null ? "" : body).path(REASON);
            return reason.isTextual() ? reason.asText() : "";
        } catch (JsonProcessingException e) {
            return "";
        }
    }

    /** Refuses a suspension that would stop nothing. */
    void requireEffect(ClientModel client) {
        if (!McpRealm.isOptedIn(request.session(), request.realm())) {
            throw withoutEffect(NOT_IN_USE, "not-in-use");
        }
        if (!OIDCLoginProtocol.LOGIN_PROTOCOL.equals(client.getProtocol())) {
            throw withoutEffect(OTHER_PROTOCOL, "other-protocol");
        }
    }

    private static ErrorResponseException withoutEffect(String problem, String reason) {
        return AdminRequest.refused(Response.Status.CONFLICT, OAuthErrorException.INVALID_REQUEST, problem, reason);
    }

    /** The actor, for who wants it and may see it: how a client is used is told to who may view events, and nobody else. */
    Response answer(Supplier<Map<String, Object>> actor) {
        boolean preferred = request.session().getContext().getRequestHeaders().getRequestHeader(PREFER).stream()
                .flatMap(header -> Stream.of(header.split(",")))
                .anyMatch(preference -> preference.trim().equals(REPRESENTATION));
        return preferred && request.auth().realm().canViewEvents()
                ? Response.ok(actor.get(), MediaType.APPLICATION_JSON_TYPE)
                        .header(PREFERENCE_APPLIED, REPRESENTATION)
                        .build()
                : Response.noContent().build();
    }
}
