package dev.keycloakmcp.admin.provider;

import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.Optional;
import org.keycloak.OAuth2Constants;
import org.keycloak.common.util.SecretGenerator;
import org.keycloak.models.ClientModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.protocol.oidc.utils.OIDCResponseType;
import org.keycloak.protocol.oidc.utils.PkceUtils;

/** The parameters by which a client signs a person in, as one does that heeds what it should. */
final class LoginParameters {

    private static final String VERIFIER = "rehearsed-".repeat(5);

    private LoginParameters() {}

    /** Where the code goes to: nowhere, so that any place will do where the client names no certain one. */
    static String redirectUri(ClientModel client) {
        return client.getRedirectUris().stream()
                .filter(uri -> uri.contains("://") && uri.indexOf('*') < 0)
                .sorted()
                .findFirst()
                .orElse("https://client.invalid/callback");
    }

    /** Those of the authorization request. */
    static MultivaluedMap<String, String> authorization(
            ClientModel client, Optional<String> scope, Optional<String> resource) {
        MultivaluedMap<String, String> parameters = named(scope, resource);
        parameters.putSingle(OAuth2Constants.CLIENT_ID, client.getClientId());
        parameters.putSingle(OAuth2Constants.RESPONSE_TYPE, OIDCResponseType.CODE);
        parameters.putSingle(OAuth2Constants.REDIRECT_URI, redirectUri(client));
        parameters.putSingle(
                OAuth2Constants.STATE, SecretGenerator.getInstance().randomString());
        parameters.putSingle(
                OIDCLoginProtocol.NONCE_PARAM, SecretGenerator.getInstance().randomString());
        parameters.putSingle(
                OAuth2Constants.CODE_CHALLENGE,
                PkceUtils.encodeCodeChallenge(VERIFIER, OAuth2Constants.PKCE_METHOD_S256));
        parameters.putSingle(OAuth2Constants.CODE_CHALLENGE_METHOD, OAuth2Constants.PKCE_METHOD_S256);
        return parameters;
    }

    /** The access that is asked for, in any request. */
    static MultivaluedMap<String, String> named(Optional<String> scope, Optional<String> resource) {
        MultivaluedMap<String, String> parameters = new MultivaluedHashMap<>();
        scope.ifPresent(value -> parameters.putSingle(OAuth2Constants.SCOPE, value));
        resource.ifPresent(value -> parameters.putSingle(OAuth2Constants.RESOURCE, value));
        return parameters;
    }

    /** Those of the token request for a code. */
    static MultivaluedMap<String, String> redemption(ClientModel client, String code) {
        MultivaluedMap<String, String> form = new MultivaluedHashMap<>();
        form.putSingle(OAuth2Constants.CODE, code);
        form.putSingle(OAuth2Constants.REDIRECT_URI, redirectUri(client));
        form.putSingle(OAuth2Constants.CODE_VERIFIER, VERIFIER);
        return form;
    }
}
