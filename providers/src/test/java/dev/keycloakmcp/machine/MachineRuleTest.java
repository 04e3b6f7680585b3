package dev.keycloakmcp.machine;

import static dev.keycloakmcp.resource.Servers.BILLING;
import static dev.keycloakmcp.resource.Servers.BOTH;
import static dev.keycloakmcp.resource.Servers.CRM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.resource.Servers;
import dev.keycloakmcp.resource.WhenMissing;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MachineRuleTest {

    private static final MachineRule RULE = new MachineRule(WhenMissing.INFER, false, false, 300);
    private static final Set<String> ASSIGNED = Set.of("crm:read", "crm:write", "billing:read");

    private static MachineRequest request(Optional<Set<String>> requested, Set<String> byDefault, String... resources) {
        return new MachineRequest(
                Servers.request(ASSIGNED, requested.orElse(Set.of()), resources), requested, byDefault, false);
    }

    private static ReasonCode reason(MachineRule rule, MachineRequest request) {
        return rule.decide(request, BOTH).reason();
    }

    @Test
    void a_token_is_for_one_server_the_requested_scopes_and_a_short_time() {
        assertThat(RULE.decide(request(Optional.of(Set.of("crm:read")), Set.of(), CRM.resourceUrl()), BOTH))
                .isEqualTo(Decision.allow(Optional.of(TokenNarrowing.to(CRM)
                        .withRequestedScopes(Optional.of(Set.of("crm:read")))
                        .with(TokenNarrowing.WhenEmpty.REFUSED)
                        .withMaxLifetime(300))));
    }

    @Test
    void without_a_scope_the_default_scopes_of_the_target_count() {
        Decision<Optional<TokenNarrowing>> decision =
                RULE.decide(request(Optional.empty(), Set.of("billing:read", "basic"), BILLING.resourceUrl()), BOTH);
        assertThat(decision).isInstanceOf(Decision.Allow.class);
        assertThat(((Decision.Allow<Optional<TokenNarrowing>>) decision)
                        .value()
                        .orElseThrow()
                        .requestedScopes())
                .isEmpty();
    }

    @Test
    void without_a_scope_and_without_defaults_of_the_target_it_is_denied() {
        Decision<Optional<TokenNarrowing>> decision =
                RULE.decide(request(Optional.empty(), Set.of("billing:read"), CRM.resourceUrl()), BOTH);
        assertThat(decision.reason()).isEqualTo(ReasonCode.SCOPE_NOT_OWNED);
        assertThat(((Decision.Deny<?>) decision).detail()).contains("No scope was requested");
    }

    @Test
    void a_scope_of_another_server_is_denied_even_when_a_default_would_do() {
        Decision<Optional<TokenNarrowing>> decision =
                RULE.decide(request(Optional.of(Set.of("billing:read")), Set.of("crm:read"), CRM.resourceUrl()), BOTH);
        assertThat(decision.reason()).isEqualTo(ReasonCode.SCOPE_NOT_OWNED);
        assertThat(((Decision.Deny<?>) decision).detail()).contains("requested scopes");
    }

    @Test
    void the_target_is_checked() {
        assertThat(reason(RULE, request(Optional.of(Set.of("crm:read")), Set.of(), "https://other.example.com")))
                .isEqualTo(ReasonCode.RESOURCE_UNKNOWN);
        assertThat(reason(RULE, request(Optional.empty(), Set.of()))).isEqualTo(ReasonCode.RESOURCE_AMBIGUOUS);
    }

    @Test
    void a_scope_can_be_required() {
        MachineRule strict = new MachineRule(WhenMissing.INFER, true, false, 300);
        assertThat(reason(strict, request(Optional.empty(), Set.of("crm:read"), CRM.resourceUrl())))
                .isEqualTo(ReasonCode.SCOPE_MISSING);
        assertThat(reason(strict, request(Optional.of(Set.of("crm:read")), Set.of(), CRM.resourceUrl())))
                .isEqualTo(ReasonCode.OK);
    }

    @Test
    void clients_that_registered_themselves_are_denied_unless_allowed() {
        MachineRequest registered = new MachineRequest(
                Servers.request(ASSIGNED, Set.of("crm:read"), CRM.resourceUrl()),
                Optional.of(Set.of("crm:read")),
                Set.of(),
                true);
        assertThat(reason(RULE, registered)).isEqualTo(ReasonCode.CLIENT_DYNAMICALLY_REGISTERED);
        assertThat(ReasonCode.CLIENT_DYNAMICALLY_REGISTERED.error()).isEqualTo("unauthorized_client");
        assertThat(reason(new MachineRule(WhenMissing.INFER, false, true, 300), registered))
                .isEqualTo(ReasonCode.OK);
    }

    @Test
    void ignore_leaves_a_request_without_target_alone() {
        MachineRule lenient = new MachineRule(WhenMissing.IGNORE, false, false, 300);
        assertThat(lenient.decide(request(Optional.empty(), Set.of()), BOTH))
                .isEqualTo(new Decision.Allow<>(Optional.empty(), ReasonCode.NOT_TARGETED));
    }
}
