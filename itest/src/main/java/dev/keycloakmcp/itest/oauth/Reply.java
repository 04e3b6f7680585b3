package dev.keycloakmcp.itest.oauth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a server answered. */
public record Reply(int status, HttpHeaders headers, String body) {

    /** Sorted, as the order of {@code Map.of} differs from run to run and names of tests are made of such text. */
    private static final ObjectMapper JSON =
            new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);

    private static final Pattern NEXT = Pattern.compile("<([^>]+)>; *rel=\"?next\"?");

    static Reply of(HttpResponse<String> response) {
        return new Reply(response.statusCode(), response.headers(), response.body());
    }

    /** An object as JSON. */
    public static String write(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    public JsonNode json() {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("No JSON: " + this, e);
        }
    }

    /** A member of the JSON object in the body. */
    public Optional<String> find(String member) {
        JsonNode value = json().get(member);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value.asText());
    }

    public String get(String member) {
        return find(member).orElseThrow(() -> new IllegalStateException("No " + member + ": " + this));
    }

    public String accessToken() {
        return get("access_token");
    }

    public String refreshToken() {
        return get("refresh_token");
    }

    /** The OAuth error code; empty where there is none. */
    public String error() {
        return find("error").orElse("");
    }

    public String errorDescription() {
        return find("error_description").orElse("");
    }

    /** The next page (RFC 8288). */
    public Optional<URI> next() {
        return headers.firstValue("Link")
                .map(NEXT::matcher)
                .filter(Matcher::find)
                .map(link -> URI.create(link.group(1)));
    }

    /** This reply, if it has that status. */
    public Reply expect(int expected) {
        if (status != expected) {
            throw new IllegalStateException("Expected " + expected + ", got " + this);
        }
        return this;
    }

    @Override
    public String toString() {
        return status + " " + body;
    }
}
