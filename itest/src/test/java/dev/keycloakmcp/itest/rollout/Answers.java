package dev.keycloakmcp.itest.rollout;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The answers that a client gets: its access token, ID token, and userinfo. What one of them has and another lacks is found
 * here by means of the test alone.
 */
record Answers(JsonNode accessToken, JsonNode idToken, JsonNode userInfo, boolean refreshToken) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> ELSEWHERE = Set.of("aud", "scope", "realm_access", "resource_access");

    static Answers of(OAuthClient oauth, Reply tokens) {
        JsonNode nothing = JsonNodeFactory.instance.objectNode();
        JsonNode access = claims(oauth, tokens.accessToken());
        Set<String> scopes = words(access.path("scope"));
        JsonNode answer = tokens.json();
        return new Answers(
                access,
                answer.hasNonNull("id_token")
                        ? claims(oauth, answer.get("id_token").asText())
                        : nothing,
                scopes.contains("openid")
                        ? oauth.userInfo(tokens.accessToken()).expect(200).json()
                        : nothing,
                answer.hasNonNull("refresh_token"));
    }

    private static JsonNode claims(OAuthClient oauth, String token) {
        return JSON.valueToTree(oauth.verify(token).claims());
    }

    /** What is gone, in the form of the event detail {@code mcp_would_lose}; empty where nothing is. */
    ObjectNode lostIn(Answers after) {
        ObjectNode lost = JSON.createObjectNode();
        put(lost, "aud", without(texts(accessToken.path("aud")), texts(after.accessToken.path("aud"))));
        put(lost, "scope", without(words(accessToken.path("scope")), words(after.accessToken.path("scope"))));
        put(lost, "roles", without(roles(accessToken), roles(after.accessToken)));
        Set<String> claims = new TreeSet<>();
        claims(claims, "", accessToken, after.accessToken);
        claims(claims, "id_token.", idToken, after.idToken);
        claims(claims, "userinfo.", userInfo, after.userInfo);
        if (refreshToken && !after.refreshToken) {
            claims.add("refresh_token");
        }
        put(lost, "claims", claims);
        return lost;
    }

    /** The member {@code loses} of an answer, without its empty lists: in the form of {@link #lostIn}. */
    static JsonNode withoutEmpty(JsonNode loses) {
        ObjectNode rest = loses.deepCopy();
        rest.properties().removeIf(member -> member.getValue().isEmpty());
        return rest;
    }

    private static void claims(Set<String> lost, String prefix, JsonNode before, JsonNode after) {
        before.fields().forEachRemaining(claim -> {
            boolean elsewhere = prefix.isEmpty() && ELSEWHERE.contains(claim.getKey());
            if (!elsewhere && isLess(claim.getValue(), after.path(claim.getKey()))) {
                lost.add(prefix + claim.getKey());
            }
        });
    }

    private static boolean isLess(JsonNode before, JsonNode after) {
        if (before.isObject()) {
            boolean[] less = {false};
            before.fields()
                    .forEachRemaining(member -> less[0] |= isLess(member.getValue(), after.path(member.getKey())));
            return after.isMissingNode() || less[0];
        }
        if (before.isArray()) {
            return after.isMissingNode() || !texts(after).containsAll(texts(before));
        }
        return after.isMissingNode();
    }

    private static Set<String> roles(JsonNode token) {
        Set<String> roles = new TreeSet<>(texts(token.path("realm_access").path("roles")));
        token.path("resource_access").fields().forEachRemaining(client -> texts(
                        client.getValue().path("roles"))
                .forEach(role -> roles.add(client.getKey() + "." + role)));
        return roles;
    }

    private static Set<String> texts(JsonNode value) {
        Set<String> texts = new TreeSet<>();
        if (value.isArray()) {
            value.forEach(each -> texts.add(each.isTextual() ? each.asText() : each.toString()));
        } else if (value.isValueNode()) {
            texts.add(value.asText());
        }
        return texts;
    }

    private static Set<String> words(JsonNode value) {
        Set<String> words = new TreeSet<>();
        Stream.of(value.asText().split(" ")).filter(word -> !word.isEmpty()).forEach(words::add);
        return words;
    }

    private static Set<String> without(Set<String> before, Set<String> after) {
        Set<String> rest = new TreeSet<>(before);
        rest.removeAll(after);
        return rest;
    }

    private static void put(ObjectNode lost, String name, Set<String> values) {
        if (!values.isEmpty()) {
            lost.set(name, JSON.valueToTree(values));
        }
    }
}
