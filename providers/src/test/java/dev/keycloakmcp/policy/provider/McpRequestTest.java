package dev.keycloakmcp.policy.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.Rank;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.policy.Verdict;
import dev.keycloakmcp.resource.Servers;
import dev.keycloakmcp.support.provider.Meters;
import dev.keycloakmcp.support.provider.RealmMeters;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keycloak.models.KeycloakContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** The verdicts of one request, as executors hand them in. Which of them counts is tested with the rule. */
class McpRequestTest {

    private static final Decision<Optional<TokenNarrowing>> BOUND =
            Decision.allow(Optional.of(TokenNarrowing.to(Servers.CRM)));

    private final KeycloakSession session = session();
    private final McpRequest request = McpRequest.of(session);

    private static KeycloakSession session() {
        Map<Object, Object> attributes = new HashMap<>();
        return (KeycloakSession) Proxy.newProxyInstance(
                KeycloakSession.class.getClassLoader(),
                new Class<?>[] {KeycloakSession.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getAttribute" -> attributes.get(arguments[0]);
                    case "setAttribute" -> attributes.put(arguments[0], arguments[1]);
                    case "getProvider" ->
                        arguments[0].equals(RealmMeters.class) ? Meters.none() : null; // a server without tracing
                    case "getContext" -> context();
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static KeycloakContext context() {
        RealmModel realm = (RealmModel) Proxy.newProxyInstance(
                RealmModel.class.getClassLoader(), new Class<?>[] {RealmModel.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getName")) {
                        return "realm";
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
        return (KeycloakContext) Proxy.newProxyInstance(
                KeycloakContext.class.getClassLoader(),
                new Class<?>[] {KeycloakContext.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("getRealm")) {
                        return realm;
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
    }

    private Optional<ReasonCode> refusal() {
        return request.settle().map(Decision.Deny::reason);
    }

    @Test
    void a_session_has_one() {
        assertThat(McpRequest.of(session)).isSameAs(request);
        assertThat(McpRequest.of(session())).isNotSameAs(request);
    }

    @Test
    void what_is_enforced_holds_whatever_is_reported() {
        request.add(new Verdict(
                "rule", Rank.SPECIFIC, EnforcementMode.REPORT, Decision.deny(ReasonCode.SCOPE_MISSING, "detail")));
        request.enforce("kept", BOUND);
        assertThat(refusal()).isEmpty();
        assertThat(request.narrowing().map(TokenNarrowing::server)).contains(Servers.CRM);
    }

    @Test
    void what_shows_late_is_refused_although_the_decision_was_published() {
        request.add(new Verdict("rule", Rank.GENERAL, EnforcementMode.ENFORCE, BOUND));
        assertThat(refusal()).isEmpty();
        request.deny(ReasonCode.SCOPE_NOT_OWNED, "detail");
        assertThat(refusal()).contains(ReasonCode.SCOPE_NOT_OWNED);
        assertThat(request.narrowing()).isEmpty();
    }
}
