package dev.keycloakmcp.itest.attack;

import static dev.keycloakmcp.itest.attack.HostileText.pick;

import dev.keycloakmcp.itest.oauth.Reply;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/** Makes requests: the same ones of the same seeds, for any realm. */
final class HostileGenerator {

    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String JSON = "application/json";
    private static final int HUGE_BODY = 10_000_000;
    private static final int HUGE_HEADER = 60_000;

    private static final List<String> GRANTS = List.of(
            "authorization_code",
            "refresh_token",
            "refresh_token",
            "client_credentials",
            "client_credentials",
            "password",
            "urn:ietf:params:oauth:grant-type:token-exchange",
            "urn:ietf:params:oauth:grant-type:token-exchange",
            "urn:ietf:params:oauth:grant-type:device_code",
            "urn:openid:params:grant-type:ciba",
            "urn:ietf:params:oauth:grant-type:uma-ticket",
            "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "urn:ietf:params:oauth:grant-type:pre-authorized_code");

    private static final List<String> TOKEN_PARAMETERS = List.of(
            "scope",
            "resource",
            "audience",
            "code",
            "redirect_uri",
            "code_verifier",
            "refresh_token",
            "subject_token",
            "subject_token_type",
            "actor_token",
            "actor_token_type",
            "requested_token_type",
            "requested_subject",
            "requested_issuer",
            "subject_issuer",
            "device_code",
            "auth_req_id",
            "assertion",
            "ticket",
            "client_assertion",
            "client_assertion_type",
            "client_secret",
            "username",
            "password",
            "permission",
            "claim_token");

    private static final List<String> AUTHORIZATION_PARAMETERS = List.of(
            "client_id",
            "redirect_uri",
            "response_type",
            "response_mode",
            "scope",
            "resource",
            "state",
            "nonce",
            "prompt",
            "max_age",
            "login_hint",
            "ui_locales",
            "claims",
            "acr_values",
            "request",
            "request_uri",
            "code_challenge",
            "code_challenge_method",
            "authorization_details",
            "dpop_jkt",
            "kc_idp_hint",
            "kc_action");

    private static final List<String> METADATA = List.of(
            "redirect_uris",
            "client_name",
            "grant_types",
            "response_types",
            "token_endpoint_auth_method",
            "scope",
            "application_type",
            "client_uri",
            "logo_uri",
            "tos_uri",
            "policy_uri",
            "software_id",
            "software_version",
            "contacts",
            "jwks",
            "jwks_uri",
            "client_id",
            "client_secret",
            "clientId",
            "attributes",
            "redirectUris",
            "request_uris",
            "sector_identifier_uri",
            "unknown");

    private static final List<String> QUERY = List.of(
            "subject",
            "actor",
            "client",
            "resource",
            "scope",
            "jti",
            "session",
            "outcome",
            "type",
            "reason",
            "grant",
            "from",
            "to",
            "first",
            "max",
            "before",
            "after",
            "by",
            "format",
            "registration",
            "unused-since",
            "dry-run");

    private static final List<String> ADMIN_PATHS = List.of(
            "servers",
            "clients",
            "delegations",
            "delegations",
            "delegations/summary",
            "delegations/export",
            "actors",
            "would-deny",
            "doctor",
            "setup",
            "nothing",
            "");

    private final URI server;
    private final String realm;
    private final String registered;
    private final HostileCredentials credentials;

    /**
     * A generator for a realm.
     *
     * @param registered a public client that registered
     */
    HostileGenerator(URI server, String realm, String registered, HostileCredentials credentials) {
        this.server = server;
        this.realm = realm;
        this.registered = registered;
        this.credentials = credentials;
    }

    static HostileGenerator of(HostileRealm realm, HostileCredentials credentials) {
        return new HostileGenerator(realm.server().baseUri(), realm.name(), realm.registered(), credentials);
    }

    HostileRequest make(long seed) {
        Random random = new Random(seed);
        random.nextInt(); // neighbouring seeds begin alike
        HostileRequest request =
                switch (random.nextInt(20)) {
                    case 0, 1, 2 -> registration(random);
                    case 3, 4, 5, 6, 7 -> token(random);
                    case 8, 9 -> authorization(random);
                    case 10 ->
                        form(random, "par", "protocol/openid-connect/ext/par/request", authorizationForm(random));
                    case 11 -> form(random, "device", "protocol/openid-connect/auth/device", authorizationForm(random));
                    case 12 -> introspection(random);
                    case 13 -> userInfo(random);
                    case 14, 15 -> administration(random);
                    case 16 -> auditPage(random);
                    case 17 -> consent(random);
                    case 18 -> stockRegistration(random);
                    default -> others(random);
                };
        return switch (random.nextInt(120)) {
            case 0 -> request.with("X-Hostile", "a".repeat(HUGE_HEADER));
            case 1 -> request.with("Origin", HostileText.brief(random, 3000));
            case 2 -> request.with("Accept", "*/*;q=NaN");
            case 3 -> request.with("Accept-Language", "a".repeat(random.nextInt(3000)));
            case 4 -> request.with("DPoP", "eyJhbGciOiJub25lIn0.e30.");
            case 5 -> request.with("X-Forwarded-For", "1.2.3.4, evil");
            default -> request;
        };
    }

    // Forms

    private HostileRequest token(Random random) {
        List<Map.Entry<String, String>> form = new ArrayList<>();
        boolean entitled = false;
        String grant = random.nextInt(30) == 0 ? HostileText.any(random) : pick(random, GRANTS);
        form.add(Map.entry("grant_type", grant));
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        switch (random.nextInt(6)) {
            case 0, 1 -> {
                entitled = true;
                headers.add(basic(pick(random, List.of("agent", "crm"))));
            }
            case 2 -> form.add(Map.entry("client_id", registered));
            case 3 -> form.add(Map.entry("client_id", "desk"));
            case 4 -> headers.add(Map.entry("Authorization", "Basic " + noise(random)));
            default -> {
                form.add(Map.entry("client_id", "agent"));
                form.add(Map.entry("client_secret", HostileText.any(random)));
            }
        }
        usual(random, grant, form);
        entitled |= form.stream().anyMatch(parameter -> credentials.areGood(parameter.getValue()));
        mutate(random, form, TOKEN_PARAMETERS);
        return post(random, "token", entitled, "protocol/openid-connect/token", headers, form);
    }

    /** What a request of the grant has, or half of it. */
    private void usual(Random random, String grant, List<Map.Entry<String, String>> form) {
        String last = grant.substring(grant.lastIndexOf(':') + 1);
        switch (last) {
            case "authorization_code" -> {
                add(random, form, "code", HostileText.any(random));
                add(random, form, "redirect_uri", HostileRealm.CALLBACK);
                add(random, form, "code_verifier", "v".repeat(43));
            }
            case "refresh_token" ->
                add(random, form, "refresh_token", credentials.refreshTokenOr(random, HostileText.any(random)));
            case "password" -> {
                add(random, form, "username", "alice");
                add(random, form, "password", HostileText.any(random));
            }
            case "token-exchange" -> {
                add(random, form, "subject_token", credentials.accessTokenOr(random, HostileText.any(random)));
                add(random, form, "subject_token_type", "urn:ietf:params:oauth:token-type:access_token");
                if (random.nextBoolean()) {
                    add(random, form, "actor_token", credentials.machineTokenOr(random, HostileText.any(random)));
                    add(random, form, "actor_token_type", "urn:ietf:params:oauth:token-type:access_token");
                }
            }
            case "device_code" -> add(random, form, "device_code", HostileText.any(random));
            case "ciba" -> add(random, form, "auth_req_id", HostileText.any(random));
            case "uma-ticket" -> add(random, form, "audience", "crm");
            case "jwt-bearer" ->
                add(random, form, "assertion", credentials.accessTokenOr(random, HostileText.any(random)));
            default -> add(random, form, "scope", "crm:read");
        }
        if (random.nextBoolean()) {
            form.add(Map.entry("resource", HostileRealm.CRM));
            form.add(Map.entry("scope", "crm:read"));
        }
    }

    private static void add(Random random, List<Map.Entry<String, String>> form, String name, String value) {
        if (random.nextInt(12) != 0) {
            form.add(Map.entry(name, value));
        }
    }

    private List<Map.Entry<String, String>> authorizationForm(Random random) {
        List<Map.Entry<String, String>> form = new ArrayList<>();
        form.add(Map.entry("client_id", pick(random, List.of("desk", registered, "bystander"))));
        form.add(Map.entry("redirect_uri", HostileRealm.CALLBACK));
        form.add(Map.entry("response_type", pick(random, List.of("code", "code", "code", "token", "code id_token"))));
        form.add(Map.entry("scope", "crm:read"));
        form.add(Map.entry("resource", HostileRealm.CRM));
        form.add(Map.entry("code_challenge", "a".repeat(43)));
        form.add(Map.entry("code_challenge_method", "S256"));
        form.add(Map.entry("state", "s"));
        mutate(random, form, AUTHORIZATION_PARAMETERS);
        return form;
    }

    private HostileRequest authorization(Random random) {
        List<Map.Entry<String, String>> form = authorizationForm(random);
        String path = "protocol/openid-connect/auth";
        return random.nextBoolean()
                ? post(random, "authorization", false, path, new ArrayList<>(), form)
                : get(random, "authorization", path, form);
    }

    private HostileRequest introspection(Random random) {
        List<Map.Entry<String, String>> form = new ArrayList<>();
        form.add(Map.entry("token", credentials.accessTokenOr(random, HostileText.any(random))));
        mutate(random, form, List.of("token", "token_type_hint", "client_id", "client_secret", "resource"));
        String path = pick(
                random,
                List.of(
                        "protocol/openid-connect/token/introspect",
                        "protocol/openid-connect/token/introspect",
                        "protocol/openid-connect/revoke"));
        // A revocation that works would take the tokens of the run.
        boolean revokes = path.endsWith("revoke");
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        headers.add(
                random.nextInt(3) == 0 || revokes
                        ? Map.entry("Authorization", "Basic " + noise(random))
                        : basic("crm"));
        return post(random, revokes ? "revocation" : "introspection", false, path, headers, form);
    }

    private HostileRequest userInfo(Random random) {
        String token = credentials.accessTokenOr(random, HostileText.brief(random, 20000));
        HostileRequest request = get(random, "userinfo", "protocol/openid-connect/userinfo", new ArrayList<>());
        return request.with("Authorization", pick(random, List.of("Bearer ", "Bearer ", "DPoP ", "")) + token);
    }

    private HostileRequest consent(Random random) {
        List<Map.Entry<String, String>> form = new ArrayList<>();
        form.add(Map.entry("code", HostileText.any(random)));
        form.add(Map.entry("accept", "Yes"));
        mutate(random, form, List.of("code", "accept", "cancel", "scope", "client_id"));
        String query = "client_id=" + HostileText.encoded(random, pick(random, List.of("desk", registered, "x")))
                + "&tab_id="
                + HostileText.brief(random, 1000)
                + "&session_code=" + noise(random) + "&execution=" + noise(random);
        String action = pick(random, List.of("consent", "authenticate", "required-action", "restart"));
        return post(random, "consent", false, "login-actions/" + action + "?" + query, new ArrayList<>(), form);
    }

    private HostileRequest form(Random random, String kind, String path, List<Map.Entry<String, String>> form) {
        return post(random, kind, false, path, new ArrayList<>(), form);
    }

    private HostileRequest others(Random random) {
        List<Map.Entry<String, String>> form = new ArrayList<>();
        mutate(random, form, AUTHORIZATION_PARAMETERS);
        return switch (random.nextInt(4)) {
            case 0 -> get(random, "metadata", ".well-known/oauth-authorization-server", form);
            case 1 -> get(random, "metadata", ".well-known/openid-configuration", form);
            case 2 -> {
                form.add(Map.entry("login_hint", "alice"));
                form.add(Map.entry("scope", "openid"));
                yield post(
                        random,
                        "ciba",
                        false,
                        "protocol/openid-connect/ext/ciba/auth",
                        new ArrayList<>(List.of(basic("agent"))),
                        form);
            }
            default -> get(random, "logout", "protocol/openid-connect/logout", form);
        };
    }

    private static void mutate(Random random, List<Map.Entry<String, String>> form, List<String> names) {
        for (int change = random.nextInt(4); change > 0; change--) {
            switch (random.nextInt(5)) {
                case 0 -> {
                    if (!form.isEmpty()) {
                        form.add(pick(random, form));
                    }
                }
                case 1 -> {
                    if (!form.isEmpty()) {
                        form.remove(random.nextInt(form.size()));
                    }
                }
                case 2 -> {
                    if (!form.isEmpty()) {
                        int at = random.nextInt(form.size());
                        form.set(at, Map.entry(form.get(at).getKey(), HostileText.any(random)));
                    }
                }
                default -> form.add(Map.entry(pick(random, names), HostileText.any(random)));
            }
        }
        if (random.nextInt(150) == 0) {
            form.addAll(Collections.nCopies(1500, Map.entry(pick(random, names), "x")));
        }
    }

    private HostileRequest post(
            Random random,
            String kind,
            boolean entitled,
            String path,
            List<Map.Entry<String, String>> headers,
            List<Map.Entry<String, String>> form) {
        headers.add(Map.entry("Content-Type", random.nextInt(40) == 0 ? wrongType(random) : FORM));
        byte[] body = encoded(random, form).getBytes(StandardCharsets.ISO_8859_1);
        if (random.nextInt(800) == 0) {
            body = ("scope=" + "a".repeat(HUGE_BODY)).getBytes(StandardCharsets.ISO_8859_1);
        }
        return new HostileRequest(kind, entitled, "POST", uri("realms", path), headers, body);
    }

    private HostileRequest get(Random random, String kind, String path, List<Map.Entry<String, String>> query) {
        String encoded = encoded(random, query);
        // The server takes no longer line.
        return new HostileRequest(
                kind, false, "GET", uri("realms", path + "?" + HostileText.cut(encoded, 3500)), List.of(), new byte[0]);
    }

    private static String encoded(Random random, List<Map.Entry<String, String>> form) {
        return form.stream()
                .map(parameter -> parameter.getKey() + "=" + HostileText.encoded(random, parameter.getValue()))
                .collect(Collectors.joining("&"));
    }

    // JSON

    private HostileRequest registration(Random random) {
        String path = "clients-registrations/mcp";
        String method = "POST";
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        if (random.nextInt(3) == 0) {
            method = pick(random, List.of("GET", "PUT", "DELETE", "OPTIONS", "PATCH"));
            path += "/" + pick(random, List.of(registered, "desk", "%00", "a".repeat(300), noise(random)));
            headers.add(Map.entry("Authorization", "Bearer " + noise(random)));
        }
        return json(random, "registration", method, uri("realms", path), headers, metadata(random));
    }

    private HostileRequest stockRegistration(Random random) {
        String path = "clients-registrations/"
                + pick(
                        random,
                        List.of("openid-connect", "default", "install", "saml2-entity-descriptor", noise(random)));
        String method = pick(random, List.of("POST", "POST", "POST", "GET", "PUT", "DELETE"));
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        if (random.nextBoolean()) {
            headers.add(Map.entry("Authorization", "Bearer " + credentials.accessTokenOr(random, noise(random))));
        }
        if (!method.equals("POST")) {
            path += "/" + pick(random, List.of(registered, "desk", noise(random)));
        }
        return json(random, "stock registration", method, uri("realms", path), headers, metadata(random));
    }

    private String metadata(Random random) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("client_name", "Hostile " + random.nextInt(50));
        metadata.put("redirect_uris", List.of(HostileRealm.CALLBACK));
        metadata.put("token_endpoint_auth_method", "none");
        for (int change = random.nextInt(4); change > 0; change--) {
            metadata.put(pick(random, METADATA), value(random, 0));
        }
        return Reply.write(metadata);
    }

    private static Object value(Random random, int depth) {
        return switch (random.nextInt(depth > 3 ? 5 : 8)) {
            case 0, 1 -> HostileText.any(random);
            case 2 -> random.nextLong();
            case 3 -> random.nextBoolean();
            case 4 -> pick(random, List.of("private_key_jwt", "none", "authorization_code", "crm:read"));
            case 5 -> List.of(value(random, depth + 1), value(random, depth + 1));
            case 6 ->
                Map.of("keys", List.of(Map.of("kty", pick(random, List.of("RSA", "EC", "oct")), "n", noise(random))));
            default -> Map.of(pick(random, METADATA), value(random, depth + 1));
        };
    }

    private HostileRequest json(
            Random random, String kind, String method, URI uri, List<Map.Entry<String, String>> headers, String body) {
        headers.add(Map.entry("Content-Type", random.nextInt(40) == 0 ? wrongType(random) : JSON));
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        bytes = switch (random.nextInt(40)) {
            case 0 -> ("{\"a\":".repeat(random.nextInt(20_000))).getBytes(StandardCharsets.UTF_8);
            case 1 -> ("[".repeat(random.nextInt(100_000))).getBytes(StandardCharsets.UTF_8);
            case 2 ->
                (body.substring(0, body.length() - 1) + ",\"redirect_uris\":[\"https://evil.example/\"]}")
                        .getBytes(StandardCharsets.UTF_8);
            case 3 -> body.substring(0, random.nextInt(body.length())).getBytes(StandardCharsets.UTF_8);
            case 4 -> body.getBytes(StandardCharsets.UTF_16);
            case 5 -> broken(random, bytes);
            case 6 -> new byte[0];
            case 7 -> ("{\"a\":" + "9".repeat(random.nextInt(50_000)) + "}").getBytes(StandardCharsets.UTF_8);
            case 8 ->
                random.nextInt(20) == 0
                        ? ("{\"client_name\":\"" + "a".repeat(HUGE_BODY) + "\"}").getBytes(StandardCharsets.UTF_8)
                        : bytes;
            default -> bytes;
        };
        return new HostileRequest(kind, false, method, uri, headers, bytes);
    }

    private static byte[] broken(Random random, byte[] bytes) {
        for (int change = 1 + random.nextInt(3); change > 0; change--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    // Administration

    private HostileRequest administration(Random random) {
        List<Map.Entry<String, String>> query = new ArrayList<>();
        for (int parameter = random.nextInt(4); parameter > 0; parameter--) {
            query.add(Map.entry(pick(random, QUERY), HostileText.any(random)));
        }
        String encoded = HostileText.cut(encoded(random, query), 3000);
        String path = pick(random, ADMIN_PATHS);
        String method = "GET";
        if (random.nextInt(5) == 0) {
            method = pick(random, List.of("PUT", "DELETE", "POST"));
            path = pick(
                    random,
                    List.of(
                            "actors/" + noise(random) + "/suspension",
                            "actors/" + HostileText.brief(random, 200) + "/suspension",
                            "clients/clean-up",
                            "setup",
                            "explain",
                            "metadata-documents"));
        } else if (random.nextInt(4) == 0) {
            return described(random);
        }
        boolean plain = method.equals("GET") || path.startsWith("actors/");
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        headers.add(Map.entry(
                "Authorization",
                "Bearer "
                        + (plain && random.nextInt(3) != 0
                                ? credentials.administrator()
                                : credentials.accessTokenOr(random, noise(random)))));
        return json(
                random,
                "administration",
                method,
                uri("admin/realms", "mcp/" + path + (encoded.isEmpty() ? "" : "?" + encoded)),
                headers,
                Reply.write(Map.of("reason", HostileText.any(random))));
    }

    /** An administrator describes a request, a server, an agent, or the set-up. Nothing is written: the realm stays as it is. */
    private HostileRequest described(Random random) {
        String id = random.nextBoolean() ? noise(random) : HostileText.brief(random, 300);
        String path = pick(random, List.of("explain", "servers/" + id, "agents/" + id, "setup"));
        boolean explained = path.equals("explain");
        Map<String, Object> body = new LinkedHashMap<>();
        for (int member = random.nextInt(6); member > 0; member--) {
            String name = pick(
                    random,
                    explained
                            ? List.of("grant", "client", "user", "scope", "resource", "chain", "enforcement", "x")
                            : List.of(
                                    "resource",
                                    "scopes",
                                    "scopeTexts",
                                    "tokenEndpointAuthMethod",
                                    "jwksUri",
                                    "jwks",
                                    "enforcement",
                                    "x"));
            body.put(name, value(random, 0));
        }
        if (random.nextInt(4) != 0) {
            body.put("grant", pick(random, List.of("authorization_code", "client_credentials", "token_exchange")));
            body.put("client", random.nextBoolean() ? registered : HostileText.any(random));
            body.put("user", random.nextBoolean() ? "alice" : HostileText.any(random));
            if (!explained) {
                body.keySet().removeAll(List.of("grant", "client", "user"));
                body.put("resource", random.nextBoolean() ? "https://new.example/mcp" : HostileText.any(random));
                body.put("scopes", List.of(HostileText.any(random)));
            }
        }
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        headers.add(Map.entry("Authorization", "Bearer " + credentials.administrator()));
        return json(
                random,
                "administration",
                explained ? "POST" : "PUT",
                uri("admin/realms", "mcp/" + path + (explained ? "" : "?dry-run=true")),
                headers,
                Reply.write(body));
    }

    private HostileRequest auditPage(Random random) {
        String path = "mcp-audit/"
                + pick(
                        random,
                        List.of(
                                "",
                                "page.js",
                                "..%2f..%2fpage.js",
                                "messages_en.json",
                                noise(random),
                                HostileText.brief(random, 500)));
        List<Map.Entry<String, String>> query = new ArrayList<>();
        mutate(random, query, QUERY);
        return get(random, "audit page", path, query);
    }

    // Parts

    private URI uri(String root, String path) {
        return URI.create(server + "/" + root + "/" + realm + "/" + path);
    }

    private static Map.Entry<String, String> basic(String clientId) {
        return Map.entry(
                "Authorization",
                "Basic "
                        + Base64.getEncoder()
                                .encodeToString(
                                        (clientId + ":" + HostileRealm.SECRET).getBytes(StandardCharsets.UTF_8)));
    }

    private static String noise(Random random) {
        byte[] noise = new byte[1 + random.nextInt(40)];
        random.nextBytes(noise);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(noise);
    }

    private static String wrongType(Random random) {
        return pick(
                random,
                List.of(
                        "text/plain",
                        "application/xml",
                        "multipart/form-data; boundary=x",
                        "application/json; charset=bogus",
                        "application/json; charset=utf-16",
                        "application/x-www-form-urlencoded; charset=utf-7",
                        "*/*",
                        "x"));
    }
}
