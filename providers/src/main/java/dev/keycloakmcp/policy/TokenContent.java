package dev.keycloakmcp.policy;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The content of a token response that its readers may rely on.
 *
 * @param audiences audiences of the access token
 * @param scopes scopes of the access token
 * @param roles roles in the access token: those of the realm by name, those of a client behind its client id and a dot
 * @param claims the other claims: of the access token by name, of the ID token and of userinfo behind a prefix
 */
public record TokenContent(Set<String> audiences, Set<String> scopes, Set<String> roles, Map<String, Object> claims) {

    /** Begins the names of claims of the ID token. */
    public static final String ID_TOKEN = "id_token.";

    /** Begins the names of claims of userinfo. */
    public static final String USER_INFO = "userinfo.";

    private static final String AUDIENCE = "aud";
    private static final String SCOPE = "scope";
    private static final String REALM_ROLES = "realm_access";
    private static final String CLIENT_ROLES = "resource_access";
    private static final String ROLES = "roles";

    /** Claims that have a place of their own. */
    private static final Set<String> PLACED = Set.of(AUDIENCE, SCOPE, REALM_ROLES, CLIENT_ROLES);

    /** The content of an answer without a token. */
    public static final TokenContent NONE = new TokenContent(Set.of(), Set.of(), Set.of(), Map.of());

    public TokenContent {
        audiences = Set.copyOf(audiences);
        scopes = Set.copyOf(scopes);
        roles = Set.copyOf(roles);
        claims = Map.copyOf(claims);
    }

    /**
     * The content by the claims, as JSON has them.
     *
     * @param idToken empty where there is none
     * @param userInfo empty where the token is not for it
     */
    public static TokenContent of(Map<String, ?> accessToken, Map<String, ?> idToken, Map<String, ?> userInfo) {
        Map<String, Object> claims = new LinkedHashMap<>();
        accessToken.forEach((claim, value) -> {
            if (!PLACED.contains(claim) && value != null) {
                claims.put(claim, value);
            }
        });
        putAll(claims, ID_TOKEN, idToken);
        putAll(claims, USER_INFO, userInfo);
        return new TokenContent(
                texts(accessToken.get(AUDIENCE)), names(accessToken.get(SCOPE)), roles(accessToken), claims);
    }

    private static void putAll(Map<String, Object> claims, String prefix, Map<String, ?> more) {
        more.forEach((claim, value) -> {
            if (value != null) {
                claims.put(prefix + claim, value);
            }
        });
    }

    private static Set<String> roles(Map<String, ?> token) {
        Set<String> roles = new TreeSet<>(rolesOf(token.get(REALM_ROLES)));
        if (token.get(CLIENT_ROLES) instanceof Map<?, ?> clients) {
            clients.forEach((client, access) -> rolesOf(access).forEach(role -> roles.add(client + "." + role)));
        }
        return roles;
    }

    private static Set<String> rolesOf(@Nullable Object access) {
        return access instanceof Map<?, ?> members ? texts(members.get(ROLES)) : Set.of();
    }

    private static Set<String> names(@Nullable Object scope) {
        Set<String> names = new TreeSet<>();
        if (scope instanceof String text) {
            for (String name : text.split("\\s+")) {
                if (!name.isEmpty()) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    private static Set<String> texts(@Nullable Object value) {
        Set<String> texts = new TreeSet<>();
        if (value instanceof Collection<?> several) {
            several.forEach(each -> texts.add(String.valueOf(each)));
        } else if (value instanceof String text) {
            texts.add(text);
        }
        return texts;
    }
}
