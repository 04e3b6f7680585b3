package dev.keycloakmcp.policy.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.TokenForm;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.policy.provider.McpRequest.Rank;
import dev.keycloakmcp.resource.McpServer;
import dev.keycloakmcp.resource.Servers;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keycloak.models.KeycloakSession;

/** Which of several verdicts on one request counts. */
class McpRequestTest {

    private static final TokenForm WITH_CLIENT_ID =
            new TokenForm(TokenForm.AudienceForm.RESOURCE_AND_CLIENT_ID, TokenForm.Profile.RFC9068);

    private static final EnforcementMode ENFORCE = EnforcementMode.ENFORCE;
    private static final EnforcementMode REPORT = EnforcementMode.REPORT;

    private final McpRequest request = McpRequest.of(session());

    private static KeycloakSession session() {
        Map<Object, Object> attributes = new HashMap<>();
        return (KeycloakSession) Proxy.newProxyInstance(
                KeycloakSession.class.getClassLoader(),
                new Class<?>[] {KeycloakSession.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getAttribute" -> attributes.get(arguments[0]);
                    case "setAttribute" -> attributes.put(arguments[0], arguments[1]);
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private void allow(Rank rank, EnforcementMode mode, McpServer server) {
        request.add(new McpRequest.Verdict("rule", rank, mode, Decision.allow(Optional.of(TokenNarrowing.to(server)))));
    }

    private void deny(Rank rank, EnforcementMode mode, ReasonCode reason) {
        request.add(new McpRequest.Verdict("rule", rank, mode, Decision.deny(reason, "detail")));
    }

    private Optional<ReasonCode> refusal() {
        return request.settle().map(Decision.Deny::reason);
    }

    private Optional<McpServer> target() {
        return request.narrowing().map(TokenNarrowing::server);
    }

    @Test
    void without_a_verdict_nothing_happens() {
        assertThat(refusal()).isEmpty();
        assertThat(target()).isEmpty();
        assertThat(request.isGoverned()).isFalse();
    }

    @Test
    void a_specific_policy_supersedes_a_general_one() {
        deny(Rank.GENERAL, ENFORCE, ReasonCode.RESOURCE_UNKNOWN);
        allow(Rank.SPECIFIC, ENFORCE, Servers.CRM);
        assertThat(refusal()).isEmpty();
        assertThat(target()).contains(Servers.CRM);
    }

    @Test
    void one_deny_among_equals_is_enough() {
        deny(Rank.SPECIFIC, ENFORCE, ReasonCode.SCOPE_MISSING);
        allow(Rank.SPECIFIC, ENFORCE, Servers.CRM);
        assertThat(refusal()).contains(ReasonCode.SCOPE_MISSING);
        assertThat(target()).isEmpty();
    }

    @Test
    void a_policy_in_report_mode_never_loosens_one_of_its_rank_that_is_enforced() {
        deny(Rank.SPECIFIC, REPORT, ReasonCode.SCOPE_MISSING);
        allow(Rank.SPECIFIC, ENFORCE, Servers.CRM);
        allow(Rank.SPECIFIC, REPORT, Servers.BILLING);
        assertThat(refusal()).isEmpty();
        assertThat(target()).contains(Servers.CRM);

        deny(Rank.SPECIFIC, ENFORCE, ReasonCode.RESOURCE_UNKNOWN);
        assertThat(refusal()).contains(ReasonCode.RESOURCE_UNKNOWN);
    }

    @Test
    void a_specific_policy_in_report_mode_never_loosens_a_general_one_that_is_enforced() {
        allow(Rank.SPECIFIC, REPORT, Servers.BILLING);
        allow(Rank.GENERAL, ENFORCE, Servers.CRM);
        assertThat(refusal()).isEmpty();
        assertThat(target()).contains(Servers.CRM);

        deny(Rank.GENERAL, ENFORCE, ReasonCode.RESOURCE_UNKNOWN);
        assertThat(refusal()).contains(ReasonCode.RESOURCE_UNKNOWN);
    }

    @Test
    void what_is_kept_holds_whatever_is_reported() {
        deny(Rank.SPECIFIC, REPORT, ReasonCode.SCOPE_MISSING);
        request.keep("kept", Decision.allow(Optional.of(TokenNarrowing.to(Servers.CRM))));
        assertThat(refusal()).isEmpty();
        assertThat(target()).contains(Servers.CRM);
    }

    @Test
    void a_policy_that_only_reports_does_not_change_how_tokens_look() {
        allow(Rank.GENERAL, ENFORCE, Servers.CRM);
        request.form(WITH_CLIENT_ID, REPORT);
        assertThat(request.narrowing().orElseThrow().form().includesClientId()).isTrue();
        request.form(TokenForm.DEFAULT, ENFORCE);
        assertThat(request.narrowing().orElseThrow().form().includesClientId()).isFalse();
        request.form(WITH_CLIENT_ID, REPORT);
        assertThat(request.narrowing().orElseThrow().form().includesClientId()).isFalse();
    }

    @Test
    void in_report_mode_the_request_goes_on_unchanged() {
        deny(Rank.SPECIFIC, REPORT, ReasonCode.SCOPE_MISSING);
        allow(Rank.GENERAL, REPORT, Servers.CRM);
        assertThat(refusal()).isEmpty();
        assertThat(target()).isEmpty();
    }

    @Test
    void a_guard_refuses_whatever_the_others_say() {
        allow(Rank.SPECIFIC, ENFORCE, Servers.CRM);
        deny(Rank.GUARD, ENFORCE, ReasonCode.CREDENTIAL_METHOD_NOT_ALLOWED);
        assertThat(refusal()).contains(ReasonCode.CREDENTIAL_METHOD_NOT_ALLOWED);
        assertThat(target()).isEmpty();
    }

    @Test
    void a_guard_that_is_content_or_only_reports_changes_nothing() {
        allow(Rank.GENERAL, ENFORCE, Servers.CRM);
        request.add(new McpRequest.Verdict("rule", Rank.GUARD, ENFORCE, Decision.allow(Optional.empty())));
        deny(Rank.GUARD, REPORT, ReasonCode.CREDENTIAL_METHOD_NOT_ALLOWED);
        assertThat(refusal()).isEmpty();
        assertThat(target()).contains(Servers.CRM);
    }

    @Test
    void a_guard_alone_narrows_nothing_and_leaves_the_request_ungoverned() {
        request.add(new McpRequest.Verdict("rule", Rank.GUARD, ENFORCE, Decision.allow(Optional.empty())));
        assertThat(refusal()).isEmpty();
        assertThat(target()).isEmpty();
        assertThat(request.isGoverned()).isFalse();
    }
}
