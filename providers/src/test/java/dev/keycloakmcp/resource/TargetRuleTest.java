package dev.keycloakmcp.resource;

import static dev.keycloakmcp.decision.ReasonCode.NOT_TARGETED;
import static dev.keycloakmcp.decision.ReasonCode.RESOURCE_AMBIGUOUS;
import static dev.keycloakmcp.decision.ReasonCode.RESOURCE_CONFLICT;
import static dev.keycloakmcp.decision.ReasonCode.RESOURCE_MALFORMED;
import static dev.keycloakmcp.decision.ReasonCode.RESOURCE_MISMATCH;
import static dev.keycloakmcp.decision.ReasonCode.RESOURCE_MISSING;
import static dev.keycloakmcp.decision.ReasonCode.RESOURCE_MULTIPLE;
import static dev.keycloakmcp.decision.ReasonCode.RESOURCE_NOT_ALLOWED;
import static dev.keycloakmcp.decision.ReasonCode.RESOURCE_UNKNOWN;
import static dev.keycloakmcp.resource.Servers.BILLING;
import static dev.keycloakmcp.resource.Servers.BOTH;
import static dev.keycloakmcp.resource.Servers.CRM;
import static dev.keycloakmcp.resource.Servers.request;
import static dev.keycloakmcp.resource.Servers.server;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetRuleTest {

    private static final Set<String> CRM_SCOPES = Set.of("crm:read", "crm:write", "profile");
    private static final Set<String> ALL_SCOPES =
            Set.of("crm:read", "crm:write", "billing:read", "mcp:tools", "profile");

    private static Decision<Optional<McpServer>> infer(TargetRequest request) {
        return new TargetRule(WhenMissing.INFER).decide(request, BOTH);
    }

    private static void assertTarget(Decision<Optional<McpServer>> decision, McpServer target) {
        assertThat(decision).isEqualTo(Decision.allow(Optional.of(target)));
    }

    private static void assertDenied(Decision<Optional<McpServer>> decision, ReasonCode reason) {
        assertThat(decision).isInstanceOf(Decision.Deny.class);
        assertThat(decision.reason()).isEqualTo(reason);
        assertThat(((Decision.Deny<?>) decision).detail()).isNotBlank();
    }

    private static TargetRequest bound(String bound, String... resources) {
        return new TargetRequest(
                List.of(resources), List.of(), Optional.of(bound), Set.of(), ALL_SCOPES, Optional.empty());
    }

    private static TargetRequest audience(List<String> resources, String... audiences) {
        return new TargetRequest(
                resources, List.of(audiences), Optional.empty(), Set.of(), ALL_SCOPES, Optional.empty());
    }

    private static TargetRequest allowed(Set<String> uris, Set<String> requested, String... resources) {
        Set<ResourceIndicator> indicators = uris.stream()
                .map(uri -> ResourceIndicator.parse(uri).orElseThrow())
                .collect(java.util.stream.Collectors.toSet());
        return new TargetRequest(
                List.of(resources), List.of(), Optional.empty(), requested, ALL_SCOPES, Optional.of(indicators));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://crm.example.com/mcp",
                "https://crm.example.com/mcp/",
                "HTTPS://CRM.example.com/mcp",
                "https://crm.example.com:443/mcp"
            })
    void takes_the_resource_in_every_spelling(String sent) {
        assertTarget(infer(request(CRM_SCOPES, Set.of(), sent)), CRM);
    }

    @Test
    void finds_a_server_that_was_registered_with_a_trailing_slash() {
        assertTarget(infer(request(ALL_SCOPES, Set.of(), "https://billing.example.com/mcp")), BILLING);
    }

    @Test
    void the_resource_decides_against_the_scopes() {
        assertTarget(infer(request(ALL_SCOPES, Set.of("billing:read"), CRM.resourceUrl())), CRM);
    }

    @Test
    void a_server_without_an_assigned_scope_is_not_allowed() {
        assertDenied(infer(request(CRM_SCOPES, Set.of(), BILLING.resourceUrl())), RESOURCE_NOT_ALLOWED);
    }

    @Test
    void an_unknown_resource_is_denied_before_it_is_said_what_is_allowed() {
        assertDenied(infer(request(Set.of(), Set.of(), "https://other.example.com")), RESOURCE_UNKNOWN);
    }

    @Test
    void a_client_cannot_tell_unknown_from_forbidden() {
        assertThat(((Decision.Deny<?>) infer(request(CRM_SCOPES, Set.of(), "https://other.example.com"))).detail())
                .isEqualTo(((Decision.Deny<?>) infer(request(CRM_SCOPES, Set.of(), BILLING.resourceUrl()))).detail());
    }

    @Test
    void a_client_cannot_tell_which_client_ids_are_servers() {
        assertThat(infer(audience(List.of(CRM.resourceUrl()), "billing")))
                .isEqualTo(infer(audience(List.of(CRM.resourceUrl()), "nobody")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"crm", "https://crm.example.com/mcp#x", "urn:client:crm", "https://u@crm.example.com/mcp"})
    void a_malformed_resource_is_denied(String sent) {
        assertDenied(infer(request(ALL_SCOPES, Set.of(), sent)), RESOURCE_MALFORMED);
    }

    @Test
    void several_resources_are_denied_even_when_they_are_equal() {
        assertDenied(infer(request(ALL_SCOPES, Set.of(), CRM.resourceUrl(), BILLING.resourceUrl())), RESOURCE_MULTIPLE);
        assertDenied(infer(request(ALL_SCOPES, Set.of(), CRM.resourceUrl(), CRM.resourceUrl())), RESOURCE_MULTIPLE);
        assertDenied(infer(audience(List.of(), CRM.clientId(), CRM.resourceUrl())), RESOURCE_MULTIPLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void a_blank_resource_counts_as_absent(String sent) {
        assertTarget(infer(request(CRM_SCOPES, Set.of(), sent)), CRM);
        assertTarget(infer(audience(List.of(CRM.resourceUrl()), sent)), CRM);
    }

    @Test
    void a_resource_that_javascript_does_not_have_counts_as_absent() {
        assertTarget(infer(bound(BILLING.resourceUrl(), "undefined")), BILLING);
        assertTarget(infer(request(CRM_SCOPES, Set.of(), "undefined")), CRM);
        assertDenied(infer(request(CRM_SCOPES, Set.of(), "null")), RESOURCE_MALFORMED);
        assertDenied(infer(audience(List.of(), "undefined")), RESOURCE_UNKNOWN);
    }

    @Test
    void an_audience_is_a_uri_or_a_client_id() {
        assertTarget(infer(audience(List.of(), "https://crm.example.com/mcp/")), CRM);
        assertTarget(infer(audience(List.of(), "crm")), CRM);
        assertDenied(infer(audience(List.of(), "account")), RESOURCE_UNKNOWN);
    }

    @Test
    void a_resource_is_never_a_client_id() {
        assertDenied(infer(audience(List.of("crm"))), RESOURCE_MALFORMED);
    }

    @Test
    void a_client_id_that_is_another_servers_uri_captures_no_audience() {
        McpServer thief = server(CRM.resourceUrl(), "https://thief.example.com", "crm:read");
        McpServers servers = McpServers.of(List.of(CRM, thief));
        TargetRule rule = new TargetRule(WhenMissing.INFER);
        assertTarget(rule.decide(audience(List.of(), CRM.resourceUrl()), servers), CRM);
        assertTarget(rule.decide(audience(List.of(), CRM.resourceUrl()), McpServers.of(List.of(thief))), thief);
    }

    @Test
    void audience_and_resource_must_agree() {
        assertTarget(infer(audience(List.of(CRM.resourceUrl()), "https://CRM.example.com/mcp/")), CRM);
        assertTarget(infer(audience(List.of(CRM.resourceUrl()), "crm")), CRM);
        assertDenied(infer(audience(List.of(CRM.resourceUrl()), "billing")), RESOURCE_MULTIPLE);
    }

    @Test
    void a_bound_grant_keeps_its_target() {
        assertTarget(infer(bound(CRM.resourceUrl())), CRM);
        assertTarget(infer(bound(CRM.resourceUrl(), "https://crm.example.com:443/mcp/")), CRM);
        assertTarget(infer(bound("https://crm.example.com/mcp/")), CRM);
    }

    @Test
    void a_bound_grant_takes_no_other_target() {
        assertDenied(infer(bound(CRM.resourceUrl(), BILLING.resourceUrl())), RESOURCE_MISMATCH);
        assertDenied(infer(bound(CRM.resourceUrl(), "https://other.example.com")), RESOURCE_MISMATCH);
        assertDenied(infer(bound(CRM.resourceUrl(), "nonsense")), RESOURCE_MALFORMED);
    }

    @Test
    void a_grant_bound_to_a_server_that_is_gone_is_denied() {
        assertDenied(infer(bound("https://gone.example.com")), RESOURCE_UNKNOWN);
    }

    @Test
    void several_clients_with_one_uri_are_a_conflict_and_never_a_target() {
        McpServers servers = McpServers.of(List.of(
                server("a", "https://same.example.com", "s:1"), server("b", "https://same.example.com/", "s:1")));
        TargetRule rule = new TargetRule(WhenMissing.INFER);
        assertDenied(
                rule.decide(request(Set.of("s:1"), Set.of(), "https://same.example.com"), servers), RESOURCE_CONFLICT);
        assertDenied(rule.decide(request(Set.of("s:1"), Set.of("s:1")), servers), RESOURCE_MISSING);
        assertDenied(
                rule.decide(
                        new TargetRequest(
                                List.of(),
                                List.of(),
                                Optional.empty(),
                                Set.of("s:1"),
                                Set.of("s:1"),
                                Optional.of(Set.of(ResourceIndicator.parse("https://same.example.com")
                                        .orElseThrow()))),
                        servers),
                RESOURCE_MISSING);
    }

    @Test
    void infers_the_only_server_that_owns_all_requested_scopes() {
        assertTarget(infer(request(ALL_SCOPES, Set.of("crm:read", "openid"))), CRM);
        assertTarget(infer(request(ALL_SCOPES, Set.of("mcp:tools", "billing:read"))), BILLING);
    }

    @Test
    void infers_the_only_server_allowed() {
        assertTarget(infer(request(CRM_SCOPES, Set.of())), CRM);
        assertTarget(infer(request(CRM_SCOPES, Set.of("profile"))), CRM);
        assertTarget(infer(request(Set.of("crm:read", "profile"), Set.of("billing:read"))), CRM);
    }

    @Test
    void a_scope_that_several_servers_own_tells_nothing() {
        assertDenied(infer(request(ALL_SCOPES, Set.of("mcp:tools"))), RESOURCE_AMBIGUOUS);
    }

    @Test
    void scopes_of_several_servers_tell_nothing() {
        assertDenied(infer(request(ALL_SCOPES, Set.of("crm:read", "billing:read"))), RESOURCE_AMBIGUOUS);
        assertDenied(infer(request(ALL_SCOPES, Set.of())), RESOURCE_AMBIGUOUS);
        assertDenied(infer(request(ALL_SCOPES, Set.of("openid"))), RESOURCE_AMBIGUOUS);
    }

    @Test
    void nothing_is_inferred_for_a_client_without_servers() {
        assertDenied(infer(request(Set.of("profile"), Set.of("crm:read"))), RESOURCE_MISSING);
    }

    @Test
    void a_list_of_allowed_resources_replaces_the_assigned_scopes() {
        Set<String> crmOnly = Set.of("https://crm.example.com/mcp/");
        assertTarget(infer(allowed(crmOnly, Set.of(), CRM.resourceUrl())), CRM);
        assertDenied(infer(allowed(crmOnly, Set.of(), BILLING.resourceUrl())), RESOURCE_NOT_ALLOWED);
        assertTarget(infer(allowed(crmOnly, Set.of("mcp:tools"))), CRM);
        assertTarget(infer(allowed(crmOnly, Set.of("billing:read"))), CRM);
        assertDenied(infer(allowed(Set.of("https://gone.example.com"), Set.of())), RESOURCE_MISSING);
        assertDenied(infer(allowed(Set.of(), Set.of(), CRM.resourceUrl())), RESOURCE_NOT_ALLOWED);
    }

    @Test
    void require_denies_without_a_target_and_ignore_lets_it_go() {
        TargetRequest nothing = request(CRM_SCOPES, Set.of("crm:read"));
        assertDenied(new TargetRule(WhenMissing.REQUIRE).decide(nothing, BOTH), RESOURCE_MISSING);
        assertThat(new TargetRule(WhenMissing.IGNORE).decide(nothing, BOTH))
                .isEqualTo(new Decision.Allow<>(Optional.empty(), NOT_TARGETED));
    }

    @ParameterizedTest
    @EnumSource(WhenMissing.class)
    void a_target_that_is_named_is_checked_in_every_mode(WhenMissing whenMissing) {
        TargetRule rule = new TargetRule(whenMissing);
        assertTarget(rule.decide(request(CRM_SCOPES, Set.of(), CRM.resourceUrl()), BOTH), CRM);
        assertDenied(rule.decide(request(CRM_SCOPES, Set.of(), BILLING.resourceUrl()), BOTH), RESOURCE_NOT_ALLOWED);
    }

    private static TargetRequest byDefault(McpServer server, Set<String> assigned, Set<String> requested) {
        return new TargetRequest(
                List.of(),
                List.of(),
                Optional.empty(),
                requested,
                assigned,
                Optional.empty(),
                Optional.of(server.indicator()));
    }

    @Test
    void a_request_that_names_neither_a_server_nor_its_scope_is_for_the_default() {
        assertTarget(infer(byDefault(CRM, ALL_SCOPES, Set.of())), CRM);
        assertTarget(infer(byDefault(CRM, ALL_SCOPES, Set.of("openid", "profile", "unknown"))), CRM);
        assertTarget(infer(byDefault(CRM, ALL_SCOPES, Set.of("billing:read"))), BILLING);
        assertDenied(infer(byDefault(CRM, ALL_SCOPES, Set.of("billing:read", "crm:read"))), RESOURCE_AMBIGUOUS);
    }

    @Test
    void a_default_that_is_gone_or_out_of_reach_is_none() {
        assertDenied(
                infer(byDefault(Servers.server("gone", "https://gone.example"), ALL_SCOPES, Set.of())),
                RESOURCE_AMBIGUOUS);
        assertTarget(infer(byDefault(BILLING, CRM_SCOPES, Set.of())), CRM);
        assertDenied(infer(byDefault(CRM, Set.of(), Set.of())), RESOURCE_MISSING);
    }

    @Test
    void only_who_names_nothing_means_the_default() {
        assertThat(new TargetRule(WhenMissing.INFER).byDefault(byDefault(CRM, ALL_SCOPES, Set.of("openid")), BOTH))
                .contains(CRM);
        assertThat(new TargetRule(WhenMissing.INFER).byDefault(byDefault(CRM, ALL_SCOPES, Set.of("crm:read")), BOTH))
                .isEmpty();
        assertThat(new TargetRule(WhenMissing.INFER).byDefault(request(ALL_SCOPES, Set.of()), BOTH))
                .isEmpty();
        for (TargetRequest named : List.of(
                request(ALL_SCOPES, Set.of(), BILLING.resourceUrl()),
                audience(List.of(), BILLING.clientId()),
                bound(BILLING.resourceUrl()))) {
            TargetRequest withDefault = new TargetRequest(
                    named.resources(),
                    named.audiences(),
                    named.bound(),
                    named.scopes(),
                    named.assignedScopes(),
                    named.allowedResources(),
                    Optional.of(CRM.indicator()));
            assertThat(new TargetRule(WhenMissing.INFER).byDefault(withDefault, BOTH))
                    .isEmpty();
            assertTarget(infer(withDefault), BILLING);
        }
    }

    @Test
    void the_default_is_for_inference_alone() {
        assertDenied(
                new TargetRule(WhenMissing.REQUIRE).decide(byDefault(CRM, ALL_SCOPES, Set.of()), BOTH),
                RESOURCE_MISSING);
        assertThat(new TargetRule(WhenMissing.REQUIRE).byDefault(byDefault(CRM, ALL_SCOPES, Set.of()), BOTH))
                .isEmpty();
    }

    @Test
    void modes_have_the_values_of_the_configuration() {
        assertThat(WhenMissing.INFER.value()).isEqualTo("infer");
        assertThat(WhenMissing.REQUIRE.value()).isEqualTo("require");
        assertThat(WhenMissing.IGNORE.value()).isEqualTo("ignore");
    }

    @Property
    void whatever_is_sent_the_target_is_one_that_the_client_may_use(
            @ForAll List<String> resources, @ForAll List<String> audiences, @ForAll Set<String> scopes) {
        TargetRequest request = new TargetRequest(
                resources, audiences, Optional.empty(), scopes, Set.of("billing:read"), Optional.empty());
        if (infer(request) instanceof Decision.Allow<Optional<McpServer>> allow) {
            assertThat(allow.value()).contains(BILLING);
        }
    }
}
