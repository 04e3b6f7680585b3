package dev.keycloakmcp.itest.rollout;

import static dev.keycloakmcp.itest.rollout.RolloutRealm.ALICE;
import static dev.keycloakmcp.itest.rollout.RolloutRealm.GATEWAY;
import static dev.keycloakmcp.itest.rollout.RolloutRealm.as;

import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.Scope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A request of a client of the realm that lived before MCP came.
 *
 * @param grant as explain names it, {@code password}, or {@code implicit}
 * @param held the token that it is made with, if it needs one: the same each time; or the response type
 */
record GeneratedRequest(
        String grant, String client, Optional<String> scope, Optional<String> resource, Optional<String> held) {

    private static final List<String> PEOPLES = List.of("profile", "email", "roles", "newsletter", "web-origins");
    private static final List<String> SERVERS = List.of("crm:read", "crm:write", "billing:read", "mail:send");
    private static final List<String> RESOURCES = List.of(
            RolloutRealm.CRM,
            RolloutRealm.BILLING,
            RolloutRealm.MAIL,
            "HTTPS://CRM.example.com:443/mcp/",
            "https://gone.example.com",
            "x");

    /** A client that signs people in, or a machine. */
    static Client client(Random random, String clientId, boolean machine) {
        List<String> scopes = new ArrayList<>(PEOPLES);
        scopes.addAll(SERVERS);
        Collections.shuffle(scopes, random);
        int defaults = 1 + random.nextInt(scopes.size() - 2);
        List<String> byDefault = new ArrayList<>(scopes.subList(0, defaults));
        byDefault.addAll(List.of("basic", "acr"));
        List<String> optional =
                new ArrayList<>(scopes.subList(defaults, defaults + random.nextInt(scopes.size() - defaults)));
        optional.add("offline_access");
        Client client = machine
                ? Client.agent(clientId, clientId)
                : Client.confidential(clientId, clientId)
                        .redirects(RolloutRealm.REDIRECT)
                        .directAccess();
        client.defaults(byDefault).optional(optional).fullScope(random.nextBoolean());
        if (random.nextInt(3) == 0) {
            client.mappers(
                    Scope.mapper(
                            "tier",
                            "oidc-hardcoded-claim-mapper",
                            Map.of(
                                    "claim.name", "tier",
                                    "claim.value", "gold",
                                    "access.token.claim", "true",
                                    "id.token.claim", "true",
                                    "userinfo.token.claim", "true")),
                    Scope.mapper(
                            "legacy",
                            "oidc-audience-mapper",
                            Map.of("included.custom.audience", "legacy", "access.token.claim", "true")));
        }
        if (!machine && random.nextInt(3) == 0) {
            client.consent();
        }
        if (!machine && random.nextInt(2) == 0) {
            client.exchanges();
        }
        client.setImplicitFlowEnabled(!machine && random.nextInt(2) == 0);
        client.setEnabled(random.nextInt(10) != 0);
        if (machine && random.nextInt(4) == 0) {
            client.attribute("client_credentials.use_refresh_token", "true");
        }
        if (machine && random.nextInt(4) == 0) {
            client.attribute("mcp.allowed-resources", RolloutRealm.CRM);
        }
        return client;
    }

    /** A request of a client; a token that it needs is got at once. */
    static GeneratedRequest of(Random random, RolloutRealm realm, String client, boolean machine) {
        Optional<String> scope = random.nextInt(4) == 0 ? Optional.empty() : Optional.of(scopes(random, machine));
        Optional<String> resource =
                random.nextBoolean() ? Optional.empty() : Optional.of(RESOURCES.get(random.nextInt(RESOURCES.size())));
        if (machine) {
            return new GeneratedRequest("client_credentials", client, scope, resource, Optional.empty());
        }
        int kind = random.nextInt(12);
        if (kind == 0) {
            Form login = Form.of("scope", "openid crm:read");
            return new GeneratedRequest(
                    "token_exchange",
                    GATEWAY,
                    scope,
                    resource,
                    Optional.of(realm.signIn(login).expect(200).accessToken()));
        }
        if (kind == 1) {
            return new GeneratedRequest(
                    "implicit",
                    client,
                    withoutOfflineAccess(scope),
                    resource,
                    Optional.of(random.nextBoolean() ? "token" : "id_token token"));
        }
        GeneratedRequest login = new GeneratedRequest(
                kind % 2 == 0 ? "authorization_code" : "password", client, scope, resource, Optional.empty());
        Reply signedIn = kind < 9 ? login.send(realm) : null;
        if (signedIn == null || signedIn.status() != 200) {
            return login;
        }
        Optional<String> elsewhere = random.nextInt(3) != 0
                ? Optional.empty()
                : Optional.of(RESOURCES.get(random.nextInt(RESOURCES.size())));
        return kind < 6
                ? new GeneratedRequest(
                        "token_exchange",
                        client,
                        withoutOfflineAccess(random.nextBoolean() ? scope : Optional.of(scopes(random, false))),
                        elsewhere.or(() -> resource),
                        Optional.of(signedIn.accessToken()))
                : new GeneratedRequest(
                        "refresh_token", client, Optional.empty(), elsewhere, Optional.of(signedIn.refreshToken()));
    }

    /**
     * Keycloak's userinfo takes no token with offline access that comes of the implicit flow or of an exchange, with
     * policies or without.
     */
    private static Optional<String> withoutOfflineAccess(Optional<String> scope) {
        return scope.map(names -> names.replace("offline_access", "").strip()).filter(names -> !names.isEmpty());
    }

    private static String scopes(Random random, boolean machine) {
        List<String> names = new ArrayList<>(SERVERS);
        names.addAll(List.of("profile", "email", "openid", "openid"));
        if (!machine) {
            names.add("offline_access");
        }
        Collections.shuffle(names, random);
        return String.join(" ", names.subList(0, 1 + random.nextInt(3)));
    }

    Reply send(RolloutRealm realm) {
        Form form = Form.empty();
        if (scope.isPresent()) {
            form = form.with("scope", scope.get());
        }
        if (resource.isPresent()) {
            form = form.with("resource", resource.get());
        }
        return switch (grant) {
            case "client_credentials" -> realm.oauth().clientCredentials(as(client), form);
            case "authorization_code" -> realm.signInAt(client, form);
            case "implicit" ->
                realm.signInAt(
                        client, form.with("response_type", held.orElseThrow()).with("nonce", "n"));
            case "token_exchange" -> realm.oauth().exchange(as(client), held.orElseThrow(), form);
            case "refresh_token" -> realm.oauth().refresh(as(client), held.orElseThrow(), form);
            default ->
                realm.oauth().token(as(client), Form.password(ALICE, ALICE).and(form));
        };
    }

    /** True for a sign-in, in which the person may be asked. */
    boolean signsIn() {
        return grant.equals("authorization_code") || grant.equals("implicit");
    }

    /** True where explain answers for exactly this request, which holds nothing that was got before. */
    boolean canBeExplained() {
        return grant.equals("client_credentials") || grant.equals("authorization_code");
    }

    /** The request to explain it as if policies were enforced. */
    Map<String, Object> toExplain() {
        Map<String, Object> request = new HashMap<>(Map.of("grant", grant, "client", client, "enforcement", "enforce"));
        scope.ifPresent(value -> request.put("scope", value));
        resource.ifPresent(value -> request.put("resource", value));
        if (!grant.equals("client_credentials")) {
            request.put("user", ALICE);
        }
        return request;
    }
}
