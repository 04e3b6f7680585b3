package dev.keycloakmcp.admin.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.keycloakmcp.admin.AgentRequest;
import dev.keycloakmcp.admin.ClientState;
import dev.keycloakmcp.admin.Refusal;
import dev.keycloakmcp.registration.JsonWebKeys;
import dev.keycloakmcp.resource.McpAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.keycloak.authentication.authenticators.client.ClientIdAndSecretAuthenticator;
import org.keycloak.authentication.authenticators.client.JWTClientAuthenticator;
import org.keycloak.jose.jwk.JSONWebKeySet;
import org.keycloak.jose.jwk.JWK;
import org.keycloak.models.ClientSecretConstants;
import org.keycloak.protocol.oidc.OIDCConfigAttributes;
import org.keycloak.util.JWKSUtils;
import org.keycloak.util.JsonSerialization;

/** The way in which an agent authenticates, as Keycloak's client stores it. */
final class AgentCredential {

    private final AgentRequest agent;

    AgentCredential(AgentRequest agent) {
        this.agent = agent;
    }

    /** The public keys of a key set; refused where there is another key in it, or one that cannot be read. */
    static Map<String, Object> publicKeys(Map<String, Object> jwks) {
        Map<String, Object> keys = JsonWebKeys.read(jwks).orElseThrow(deny -> AdminRequest.invalid(deny.detail()));
        JSONWebKeySet set = JsonSerialization.mapper.convertValue(keys, JSONWebKeySet.class);
        if (JWKSUtils.getKeyWrappersForUse(set, JWK.Use.SIG).getKeys().size() < set.getKeys().length) {
            throw AdminRequest.invalid("a key in jwks cannot be read, or is not for signatures");
        }
        return keys;
    }

    /** A new agent that authenticates by a key has to bring one; one that is there may keep its own. */
    Optional<Refusal> missing(Optional<ClientState> client) {
        boolean has = agent.jwks().isPresent()
                || agent.jwksUri().isPresent()
                || client.filter(known -> known.authenticator().equals(JWTClientAuthenticator.PROVIDER_ID))
                        .isPresent();
        return agent.byKey() && !has
                ? Optional.of(new Refusal(false, "keys-missing", "private_key_jwt needs keys, or their URL"))
                : Optional.empty();
    }

    /** Of a client that authenticates in this way; absent where that stays as it is. */
    Optional<String> authenticator() {
        return agent.authMethod()
                .map(method -> agent.byKey()
                        ? JWTClientAuthenticator.PROVIDER_ID
                        : ClientIdAndSecretAuthenticator.PROVIDER_ID);
    }

    /** True when a client authenticates in this way already. */
    boolean isOf(ClientState client) {
        return authenticator()
                        .filter(other -> !client.authenticator().equals(other))
                        .isEmpty()
                && credential().entrySet().stream()
                        .allMatch(attribute ->
                                attribute.getValue().equals(client.attributes().getOrDefault(attribute.getKey(), "")));
    }

    /** The attributes of the client; an empty one is removed. */
    Map<String, String> attributes(String allowedResources) {
        Map<String, String> attributes = new HashMap<>(credential());
        attributes.put(McpAttributes.ALLOWED_RESOURCES, allowedResources);
        return attributes;
    }

    private Map<String, String> credential() {
        if (!agent.byKey()) {
            return agent.authMethod()
                    .map(method -> Map.of(ClientSecretConstants.CLIENT_SECRET_AUTHENTICATION_ALLOWED_METHOD, method))
                    .orElse(Map.of());
        }
        if (agent.jwksUri().isPresent()) {
            return Map.of(
                    OIDCConfigAttributes.USE_JWKS_URL, "true",
                    OIDCConfigAttributes.JWKS_URL, agent.jwksUri().get(),
                    OIDCConfigAttributes.USE_JWKS_STRING, "",
                    OIDCConfigAttributes.JWKS_STRING, "");
        }
        return agent.jwks()
                .map(keys -> Map.of(
                        OIDCConfigAttributes.USE_JWKS_STRING, "true",
                        OIDCConfigAttributes.JWKS_STRING, json(keys),
                        OIDCConfigAttributes.USE_JWKS_URL, "",
                        OIDCConfigAttributes.JWKS_URL, ""))
                .orElse(Map.of());
    }

    private static String json(Map<String, Object> keys) {
        try {
            return JsonSerialization.mapper.writeValueAsString(keys);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
