package dev.keycloakmcp.itest.realm;

import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;

/** A client to add to a realm, told part by part. What is not told is as Keycloak has it for new clients. */
public final class Client extends ClientRepresentation {

    private Client(String clientId) {
        setClientId(clientId);
        setAttributes(new HashMap<>());
    }

    public static Client of(String clientId) {
        return new Client(clientId);
    }

    /** A client with a secret. */
    public static Client confidential(String clientId, String secret) {
        Client client = of(clientId);
        client.setSecret(secret);
        return client;
    }

    /** A client with a service account, for which nobody signs in. */
    public static Client agent(String clientId, String secret) {
        return confidential(clientId, secret).standardFlow(false).serviceAccount();
    }

    /** An MCP server, for which nobody signs in. */
    public static Client server(String clientId, String secret, String uri, String... scopes) {
        return confidential(clientId, secret).standardFlow(false).resource(uri, scopes);
    }

    /** A public client that signs people in. */
    public static Client application(String clientId, String... redirectUris) {
        Client client = of(clientId).redirects(redirectUris);
        client.setPublicClient(true);
        return client;
    }

    /** Makes it an MCP server with a URI and scopes. */
    public Client resource(String uri, String... scopes) {
        return attribute("resource_url", uri).attribute("mcp.scopes", String.join(" ", scopes));
    }

    public Client named(@Nullable String name) {
        setName(name);
        return this;
    }

    /** The scopes that it has without asking. */
    public Client defaults(String... scopes) {
        return defaults(List.of(scopes));
    }

    public Client defaults(List<String> scopes) {
        setDefaultClientScopes(scopes);
        return this;
    }

    /** The scopes that it may ask for. */
    public Client optional(String... scopes) {
        return optional(List.of(scopes));
    }

    public Client optional(List<String> scopes) {
        setOptionalClientScopes(scopes);
        return this;
    }

    public Client attribute(String name, String value) {
        getAttributes().put(name, value);
        return this;
    }

    public Client standardFlow(boolean enabled) {
        setStandardFlowEnabled(enabled);
        return this;
    }

    public Client serviceAccount() {
        setServiceAccountsEnabled(true);
        return this;
    }

    public Client directAccess() {
        setDirectAccessGrantsEnabled(true);
        return this;
    }

    /** Its users are asked. */
    public Client consent() {
        setConsentRequired(true);
        return this;
    }

    public Client disabled() {
        setEnabled(false);
        return this;
    }

    public Client mappers(ProtocolMapperRepresentation... mappers) {
        setProtocolMappers(List.of(mappers));
        return this;
    }

    public Client redirects(String... redirectUris) {
        setRedirectUris(List.of(redirectUris));
        return this;
    }

    /** Whether its tokens hold all roles. */
    public Client fullScope(boolean allowed) {
        setFullScopeAllowed(allowed);
        return this;
    }

    /** May use Keycloak's token exchange. */
    public Client exchanges() {
        return attribute("standard.token.exchange.enabled", "true");
    }

    public Client authenticator(String type) {
        setClientAuthenticatorType(type);
        return this;
    }

    /** Authenticates by a signed assertion in place of a secret. */
    public Client keys(String jwks) {
        setSecret(null);
        return authenticator("client-jwt").attribute("use.jwks.string", "true").attribute("jwks.string", jwks);
    }
}
