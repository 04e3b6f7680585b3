package dev.keycloakmcp.itest.oauth;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.text.ParseException;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** An OAuth client's requests to one realm. Nothing is retried, nothing is hidden. */
public final class OAuthClient {

    private static final String TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
    private static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final HttpClient http = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final URI issuer;

    public OAuthClient(URI issuer) {
        this.issuer = issuer;
    }

    public URI issuer() {
        return issuer;
    }

    public URI endpoint(String path) {
        return URI.create(issuer + "/protocol/openid-connect/" + path);
    }

    /** OpenID Connect discovery. */
    public JsonNode metadata() {
        return get(URI.create(issuer + "/.well-known/openid-configuration"))
                .expect(200)
                .json();
    }

    // Tokens

    public Reply token(ClientAuth client, Form form) {
        return post(endpoint("token"), client, form);
    }

    public Reply clientCredentials(ClientAuth client, Form extra) {
        return token(client, Form.of("grant_type", "client_credentials").and(extra));
    }

    public Reply refresh(ClientAuth client, String refreshToken, Form extra) {
        return token(
                client,
                Form.of("grant_type", "refresh_token")
                        .with("refresh_token", refreshToken)
                        .and(extra));
    }

    /** Exchanges an access token; {@code extra} may name another type. */
    public Reply exchange(ClientAuth client, String subjectToken, Form extra) {
        Form form = Form.of("grant_type", TOKEN_EXCHANGE).with("subject_token", subjectToken);
        if (!extra.has("subject_token_type")) {
            form = form.with("subject_token_type", ACCESS_TOKEN);
        }
        return token(client, form.and(extra));
    }

    /** Redeems the code that an authorization ended with. */
    public Reply code(ClientAuth client, Authorization authorization, Form extra) {
        Form form = Form.of("grant_type", "authorization_code")
                .with("code", authorization.callback().get("code"))
                .with("redirect_uri", authorization.request().get("redirect_uri"));
        if (!authorization.verifier().isEmpty()) {
            form = form.with("code_verifier", authorization.verifier());
        }
        return token(client, form.and(extra));
    }

    public Reply introspect(ClientAuth client, String token) {
        return post(endpoint("token/introspect"), client, Form.of("token", token));
    }

    public Reply revoke(ClientAuth client, String token) {
        return post(endpoint("revoke"), client, Form.of("token", token));
    }

    public Reply userInfo(String accessToken) {
        return get(endpoint("userinfo"), accessToken);
    }

    /** Checks the signature by the realm's keys. */
    public Jwt verify(String token) {
        try {
            return Jwt.verify(
                    token, JWKSet.parse(get(endpoint("certs")).expect(200).body()));
        } catch (ParseException e) {
            throw new IllegalStateException("The realm's keys cannot be read", e);
        }
    }

    // Authorization

    /** With a new browser. */
    public Authorization authorize(Form parameters) {
        return authorize(parameters, new Browser());
    }

    /**
     * Opens the authorization endpoint. A response type, a state and a PKCE challenge are added where the
     * parameters have none; {@code code_challenge_method} alone, even empty, leaves PKCE out.
     */
    public Authorization authorize(Form parameters, Browser browser) {
        Form request = parameters;
        String verifier = "";
        if (!request.has("request_uri")) {
            if (!request.has("code_challenge") && !request.has("code_challenge_method")) {
                verifier = random(32);
                request = withChallenge(request, verifier);
            }
            request = withDefaults(request);
        }
        return new Authorization(browser, request, verifier, browser.open(authorizationUri(request)));
    }

    /** Opens an authorization request that somebody else made. */
    public Authorization open(URI authorizationRequest, Browser browser) {
        return new Authorization(
                browser, Form.parse(authorizationRequest.getRawQuery()), "", browser.open(authorizationRequest));
    }

    /** Pushes the parameters first (RFC 9126), which must work, and goes on from there. */
    public Authorization authorizePushed(ClientAuth client, String clientId, Form parameters, Browser browser) {
        String verifier = random(32);
        Form request = withDefaults(withChallenge(parameters, verifier));
        String requestUri = push(client, request).expect(201).get("request_uri");
        URI uri = authorizationUri(Form.of("client_id", clientId).with("request_uri", requestUri));
        return new Authorization(browser, request, verifier, browser.open(uri));
    }

    /** The pushed authorization request alone. */
    public Reply push(ClientAuth client, Form parameters) {
        return post(endpoint("ext/par/request"), client, parameters);
    }

    public URI authorizationUri(Form parameters) {
        return URI.create(endpoint("auth") + "?" + parameters.encoded());
    }

    // Registration

    /** At one of the realm's registration endpoints, such as {@code mcp} or {@code openid-connect}. */
    public Reply register(String provider, Object metadata) {
        return postJson(URI.create(issuer + "/clients-registrations/" + provider), metadata, null);
    }

    // Plain HTTP

    public Reply get(URI uri) {
        return send(HttpRequest.newBuilder(uri).GET());
    }

    public Reply get(URI uri, String bearer) {
        return send(HttpRequest.newBuilder(uri)
                .header("Authorization", "Bearer " + bearer)
                .GET());
    }

    public Reply delete(URI uri, String bearer) {
        return send(HttpRequest.newBuilder(uri)
                .header("Authorization", "Bearer " + bearer)
                .DELETE());
    }

    /** Asks what a page of another origin may do (CORS). */
    public Reply preflight(URI uri, String origin, String method, String headers) {
        return send(HttpRequest.newBuilder(uri)
                .header("Origin", origin)
                .header("Access-Control-Request-Method", method)
                .header("Access-Control-Request-Headers", headers)
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
    }

    public Reply post(URI uri, ClientAuth client, Form form) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        Form sent = client.apply(form, request, issuer);
        return send(request.header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(sent.encoded())));
    }

    /** The body is an object to write as JSON, or a string that is JSON already, or wants to be. */
    public Reply postJson(URI uri, Object body, @Nullable String bearer) {
        return sendJson("POST", uri, body, bearer);
    }

    public Reply sendJson(String method, URI uri, Object body, @Nullable String bearer) {
        String text = body instanceof String string ? string : Reply.write(body);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(text));
        if (bearer != null) {
            request.header("Authorization", "Bearer " + bearer);
        }
        return send(request);
    }

    public Reply send(HttpRequest.Builder request) {
        try {
            return Reply.of(
                    http.send(request.timeout(Duration.ofSeconds(60)).build(), HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    // PKCE (RFC 7636)

    public static String challenge(String verifier) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public static String random(int bytes) {
        byte[] value = new byte[bytes];
        RANDOM.nextBytes(value);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(value);
    }

    private static Form withChallenge(Form form, String verifier) {
        return form.with("code_challenge", challenge(verifier)).with("code_challenge_method", "S256");
    }

    private static Form withDefaults(Form form) {
        Form complete = form.has("response_type") ? form : form.with("response_type", "code");
        return complete.has("state") ? complete : complete.with("state", random(12));
    }
}
