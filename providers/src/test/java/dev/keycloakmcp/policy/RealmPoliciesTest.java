package dev.keycloakmcp.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.policy.RealmPolicies.Component;
import dev.keycloakmcp.policy.RealmPolicies.Policy;
import dev.keycloakmcp.policy.RealmPolicies.Profile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RealmPoliciesTest {

    private static final Component ANY = new Component("any-client", Map.of());
    private static final Function<Component, Optional<Boolean>> YES = condition -> Optional.of(true);

    private static Component delegation(String enforcement) {
        return new Component("mcp-delegation", Map.of("enforcement", enforcement));
    }

    private static Profile own(String name, Component... executors) {
        return new Profile(name, false, List.of(executors));
    }

    private static Profile global(String name, Component... executors) {
        return new Profile(name, true, List.of(executors));
    }

    private static Policy policy(boolean enabled, List<Component> conditions, String... profiles) {
        return new Policy("policy", enabled, false, conditions, List.of(profiles));
    }

    private static RealmPolicies realm(List<Profile> profiles, Policy... policies) {
        return RealmPolicies.of(profiles, List.of(policies), false);
    }

    @Test
    void the_mode_for_a_client_is_the_strictest_of_the_policies_that_may_apply() {
        Profile strict = own("strict", delegation("enforce"));
        Profile reporting = own("reporting", delegation("report"));
        Policy enforced = policy(true, List.of(ANY), "strict");
        Policy reported = policy(true, List.of(ANY), "reporting");
        Function<Component, Optional<Boolean>> abstain = condition -> Optional.empty();
        Function<Component, Optional<Boolean>> no = condition -> Optional.of(false);

        RealmPolicies both = realm(List.of(strict, reporting), reported, enforced);
        assertThat(both.mode(YES)).contains(EnforcementMode.ENFORCE);
        assertThat(both.mode(abstain)).contains(EnforcementMode.ENFORCE);
        assertThat(both.mode(no)).isEmpty();
        assertThat(realm(List.of(strict, reporting), reported).mode(YES)).contains(EnforcementMode.REPORT);
        assertThat(realm(List.of(strict), policy(false, List.of(ANY), "strict")).mode(YES))
                .isEmpty();
        assertThat(realm(List.of(own("other", ANY)), policy(true, List.of(ANY), "other"))
                        .mode(YES))
                .isEmpty();
    }

    @Test
    void a_profile_that_is_only_named_like_an_executor_opts_nobody_in() {
        Profile named = own("mcp-delegation", new Component("secure-client-authenticator", Map.of()));
        assertThat(realm(List.of(named), policy(true, List.of(ANY), "mcp-delegation"))
                        .isOptedIn())
                .isFalse();
    }

    @Test
    void a_value_that_is_the_id_of_an_executor_opts_nobody_in() {
        Profile naming = own("strict", new Component("reject-request", Map.of("client", "mcp-delegation")));
        assertThat(realm(List.of(naming)).isOptedIn()).isFalse();
    }

    @Test
    void a_profile_with_an_executor_opts_the_realm_in_whatever_uses_it() {
        for (String executor : McpExecutorIds.ALL) {
            Profile profile = own("mine", ANY, new Component(executor, Map.of()));
            assertThat(realm(List.of(own("other"), profile)).isOptedIn()).isTrue();
        }
        assertThat(realm(List.of()).isOptedIn()).isFalse();
    }

    @Test
    void a_global_profile_counts_where_a_policy_names_it() {
        Profile profile = global("secure-mcp", delegation("enforce"));
        assertThat(realm(List.of(profile)).isOptedIn()).isFalse();
        assertThat(realm(List.of(profile)).profiles()).isEmpty();
        assertThat(realm(List.of(profile), policy(true, List.of(ANY), "another"))
                        .isOptedIn())
                .isFalse();

        RealmPolicies using = realm(List.of(profile), policy(false, List.of(ANY), "secure-mcp"));
        assertThat(using.isOptedIn()).isTrue();
        assertThat(using.profiles()).containsExactly(profile);
    }

    @Test
    void of_two_profiles_of_one_name_the_first_counts() {
        RealmPolicies realm =
                realm(List.of(own("mcp"), global("mcp", delegation("enforce"))), policy(true, List.of(ANY), "mcp"));
        assertThat(realm.isOptedIn()).isFalse();
        assertThat(realm.inForce("mcp-delegation")).isEmpty();
    }

    @Test
    void an_executor_is_in_force_by_every_policy_that_can_apply() {
        Component executor = delegation("report");
        List<Profile> profiles = List.of(own("mcp", ANY, executor), own("spare", delegation("enforce")));
        Policy first = policy(true, List.of(ANY), "unknown", "mcp");
        Policy second = new Policy("second", true, true, List.of(ANY), List.of("mcp"));

        RealmPolicies realm =
                realm(profiles, first, second, policy(false, List.of(ANY), "spare"), policy(true, List.of(), "spare"));

        assertThat(realm.inForce("mcp-delegation"))
                .containsExactly(
                        new RealmPolicies.InForce(first, executor), new RealmPolicies.InForce(second, executor));
        assertThat(realm.inForce("mcp-client-credentials")).isEmpty();
        assertThat(realm.isUsed(profiles.get(0))).isTrue();
        assertThat(realm.isUsed(profiles.get(1))).isFalse();
    }

    @Test
    void an_executor_is_enforced_where_it_does_not_report_and_its_policy_applies() {
        Policy policy = policy(true, List.of(ANY), "mcp");
        assertThat(realm(List.of(own("mcp", delegation("enforce"))), policy).isEnforced("mcp-delegation", YES))
                .isTrue();
        assertThat(realm(List.of(own("mcp", delegation("report"))), policy).isEnforced("mcp-delegation", YES))
                .isFalse();
        assertThat(realm(List.of(own("mcp", delegation("reprot"))), policy).isEnforced("mcp-delegation", YES))
                .isTrue();
        assertThat(realm(List.of(own("mcp", delegation("enforce"))), policy)
                        .isEnforced("mcp-delegation", condition -> Optional.of(false)))
                .isFalse();
        assertThat(realm(List.of(own("mcp", delegation("enforce"))), policy(false, List.of(ANY), "mcp"))
                        .isEnforced("mcp-delegation", YES))
                .isFalse();
    }

    @Test
    void a_client_is_under_the_policies_that_apply_to_it() {
        Policy policy = policy(true, List.of(ANY), "mcp");
        assertThat(realm(List.of(own("mcp", delegation("enforce"))), policy).enforcement(YES))
                .contains(EnforcementMode.ENFORCE);
        assertThat(realm(List.of(own("mcp", delegation("report"))), policy).enforcement(YES))
                .contains(EnforcementMode.REPORT);
        assertThat(realm(List.of(own("mcp", delegation("report"), delegation("enforce"))), policy)
                        .enforcement(YES))
                .contains(EnforcementMode.ENFORCE);
        assertThat(realm(List.of(own("mcp", delegation("enforce"))), policy)
                        .enforcement(condition -> Optional.of(false)))
                .isEmpty();
        assertThat(realm(List.of(own("mcp", new Component("secure-session", Map.of()))), policy)
                        .enforcement(YES))
                .isEmpty();
        assertThat(realm(List.of(own("mcp", delegation("enforce"))), policy(false, List.of(ANY), "mcp"))
                        .enforcement(YES))
                .isEmpty();
    }

    /** As Keycloak counts them, one by one. */
    @Property
    void a_policy_applies_as_keycloak_counts_votes(
            @ForAll("votes") List<Optional<Boolean>> votes, @ForAll boolean strict) {
        boolean any = false;
        boolean applies = true;
        for (Optional<Boolean> vote : votes) {
            if (vote.isEmpty()) {
                if (strict) {
                    applies = false;
                    break;
                }
            } else if (!vote.get()) {
                applies = false;
                break;
            } else {
                any = true;
            }
        }
        List<Component> conditions = votes.stream()
                .map(vote -> new Component(vote.map(String::valueOf).orElse(""), Map.of()))
                .toList();
        Policy policy = new Policy("policy", true, strict, conditions, List.of("mcp"));

        assertThat(realm(List.of(own("mcp", delegation("enforce"))), policy)
                        .isEnforced("mcp-delegation", condition -> Optional.of(condition.providerId())
                                .filter(vote -> !vote.isEmpty())
                                .map(Boolean::valueOf)))
                .isEqualTo(any && applies);
    }

    @Provide
    Arbitrary<List<Optional<Boolean>>> votes() {
        return Arbitraries.of(List.of(Optional.of(true), Optional.of(false), Optional.<Boolean>empty()))
                .list()
                .ofMaxSize(4);
    }

    @Test
    void a_damaged_realm_stays_opted_in_and_enforces_nothing() {
        RealmPolicies damaged =
                RealmPolicies.unreadable("{\"profiles\":[{\"executors\":[{\"executor\":\"mcp-delegation\"");
        assertThat(damaged.isOptedIn()).isTrue();
        assertThat(damaged.profiles()).isEmpty();
        assertThat(damaged.inForce("mcp-delegation")).isEmpty();
        assertThat(RealmPolicies.unreadable("{\"profiles\":[{\"executor\":\"pkce-enforcer\"")
                        .isOptedIn())
                .isFalse();
        assertThat(RealmPolicies.unreadable("").isOptedIn()).isFalse();
        assertThat(RealmPolicies.unreadable(
                                "{\"profiles\":[{\"description\":\"{\\\"executor\\\":\\\"mcp-delegation\\\"")
                        .isOptedIn())
                .isTrue();
        assertThat(RealmPolicies.of(List.of(), List.of(), true).isOptedIn()).isTrue();
    }

    @Test
    void all_executors_of_the_extension_can_be_taken_in_one_mode() {
        Component other = new Component("consent-required", Map.of("enforcement", "enforce"));
        RealmPolicies configured = realm(
                List.of(own("mcp", delegation("report"), new Component("mcp-client-credentials", Map.of()), other)),
                policy(true, List.of(ANY), "mcp"));

        assertThat(configured.in(EnforcementMode.ENFORCE).mode(YES)).contains(EnforcementMode.ENFORCE);
        RealmPolicies reporting = configured.in(EnforcementMode.REPORT);
        assertThat(reporting.mode(YES)).contains(EnforcementMode.REPORT);
        assertThat(reporting.isOptedIn()).isTrue();
        assertThat(reporting.profiles().get(0).executors())
                .containsExactly(
                        delegation("report"),
                        new Component("mcp-client-credentials", Map.of("enforcement", "report")),
                        other);
        assertThat(configured.profiles().get(0).executors()).contains(delegation("report"), other);
    }
}
