package dev.keycloakmcp.registration;

import dev.keycloakmcp.decision.Decision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Requests and policies that tests start from. */
final class Samples {

    static final RedirectUriRule REDIRECTS = new RedirectUriRule(
            true,
            List.of(
                    host("claude.ai"),
                    host("*.cursor.com"),
                    host("mesh.example.com:8443"),
                    host("ports.example.com:8443")),
            Set.of("cursor", "com.example.app"));

    static final RegistrationPolicy POLICY = new RegistrationPolicy(
            REDIRECTS,
            Set.of("authorization_code", "refresh_token"),
            true,
            List.of(),
            Optional.empty(),
            Set.of("offline_access"),
            true);

    static final AvailableScopes SCOPES =
            new AvailableScopes(Set.of("basic", "profile"), Set.of("mcp:read", "mcp:write", "offline_access"));

    private Samples() {}

    static HostPattern host(String pattern) {
        return HostPattern.parse(pattern).orElseThrow();
    }

    /** The smallest request that is admitted. */
    static Map<String, Object> request() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("client_name", "A client");
        members.put("redirect_uris", List.of("http://localhost:8090/callback"));
        members.put("token_endpoint_auth_method", "none");
        return members;
    }

    static Map<String, Object> request(String member, Object value) {
        Map<String, Object> members = request();
        members.put(member, value);
        return members;
    }

    static Decision<Registration> decide(Map<String, ?> members) {
        return decide(members, POLICY);
    }

    static Decision<Registration> decide(Map<String, ?> members, RegistrationPolicy policy) {
        return ClientMetadataReader.read(members).then(request -> new RegistrationRule(policy, SCOPES).decide(request));
    }

    static Registration admitted(Map<String, ?> members) {
        return admitted(members, POLICY);
    }

    static Registration admitted(Map<String, ?> members, RegistrationPolicy policy) {
        Decision<Registration> decision = decide(members, policy);
        if (decision instanceof Decision.Allow<Registration> allow) {
            return allow.value();
        }
        throw new AssertionError(decision);
    }
}
