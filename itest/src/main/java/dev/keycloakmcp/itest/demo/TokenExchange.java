package dev.keycloakmcp.itest.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How an MCP server gets a token for somebody else's API on behalf of its caller (RFC 8693): it sends
 * the token it was called with, its own credentials, and the API that it wants to call.
 */
final class TokenExchange {

    /**
     * What the authorization server said.
     *
     * @param status HTTP status
     * @param body the token response, or the error
     */
    record Answer(int status, JsonNode body) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI tokenEndpoint;
    private final String authorization;

    TokenExchange(URI tokenEndpoint, String clientId, String secret) {
        this.tokenEndpoint = tokenEndpoint;
        this.authorization = "Basic "
                + Base64.getEncoder()
                        .encodeToString((encode(clientId) + ":" + encode(secret)).getBytes(StandardCharsets.UTF_8));
    }

    Answer exchange(String subjectToken, URI resource, String scope) {
        String form = Map.of(
                        "grant_type",
                        "urn:ietf:params:oauth:grant-type:token-exchange",
                        "subject_token",
                        subjectToken,
                        "subject_token_type",
                        "urn:ietf:params:oauth:token-type:access_token",
                        "resource",
                        resource.toString(),
                        "scope",
                        scope)
                .entrySet()
                .stream()
                .map(parameter -> parameter.getKey() + "=" + encode(parameter.getValue()))
                .collect(Collectors.joining("&"));
        HttpRequest request = HttpRequest.newBuilder(tokenEndpoint)
                .header("Authorization", authorization)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        HttpResponse<String> response = Http.send(http, request);
        try {
            return new Answer(response.statusCode(), JSON.readTree(response.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
