package dev.keycloakmcp.policy;

import dev.keycloakmcp.decision.EnforcementMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The client profiles and client policies that count in a realm: its own and the server's global ones. */
public final class RealmPolicies {

    /**
     * An executor of a profile or a condition of a policy.
     *
     * @param providerId id of its provider
     * @param configuration values as JSON has them: texts, numbers, booleans, lists, objects, null
     */
    public record Component(String providerId, Map<String, Object> configuration) {

        /** The value of a key; null where there is none. */
        public @Nullable Object value(String key) {
            return configuration.get(key);
        }

        /** True for an executor of this extension that is configured to report only. */
        public boolean onlyReports() {
            return ExecutorSettings.ENFORCEMENT.read(value(ExecutorSettings.ENFORCEMENT.key()))
                    == EnforcementMode.REPORT;
        }
    }

    /**
     * A client profile.
     *
     * @param global true for the server's own, which every realm may use
     */
    public record Profile(String name, boolean global, List<Component> executors) {

        private boolean isOfMcp() {
            return executors.stream().anyMatch(executor -> McpExecutorIds.ALL.contains(executor.providerId()));
        }
    }

    /**
     * A client policy.
     *
     * @param strict true when a condition that abstains counts as one that does not match
     * @param profiles names of profiles
     */
    public record Policy(
            String name, boolean enabled, boolean strict, List<Component> conditions, List<String> profiles) {

        /** True when it can apply to a request at all: Keycloak applies no policy without conditions. */
        boolean isInForce() {
            return enabled && !conditions.isEmpty();
        }

        /** True when the policy applies, by the votes of its conditions; an empty vote abstains. */
        boolean applies(Function<Component, Optional<Boolean>> votes) {
            List<Optional<Boolean>> cast = conditions.stream().map(votes).toList();
            return cast.stream().anyMatch(Optional::isPresent) && cast.stream().allMatch(vote -> vote.orElse(!strict));
        }
    }

    /** An executor that a policy brings into force. */
    public record InForce(Policy policy, Component executor) {}

    private final List<Policy> policies;
    private final Map<String, Profile> profiles = new LinkedHashMap<>();
    private final boolean optedIn;

    private RealmPolicies(List<Profile> profiles, List<Policy> policies, boolean damaged) {
        this.policies = policies;
        Set<String> named =
                policies.stream().flatMap(policy -> policy.profiles().stream()).collect(Collectors.toSet());
        profiles.stream()
                .filter(profile -> !profile.global() || named.contains(profile.name()))
                .forEach(profile -> this.profiles.putIfAbsent(profile.name(), profile));
        optedIn = damaged || this.profiles.values().stream().anyMatch(Profile::isOfMcp);
    }

    /**
     * The profiles and policies of a realm.
     *
     * @param profiles those of the realm before the global ones: Keycloak takes the first of a name
     * @param policies those of the realm, and the global ones that are enabled
     * @param damaged true where parts of this extension are lost: the realm stays opted in all the same
     */
    public static RealmPolicies of(List<Profile> profiles, List<Policy> policies, boolean damaged) {
        return new RealmPolicies(profiles, List.copyOf(policies), damaged);
    }

    /**
     * A realm whose profiles cannot be read, so that no executor runs. Where their text names an executor of this
     * extension the realm stays opted in: damage must not lift a suspension, or make tokens wide that were bound.
     */
    public static RealmPolicies unreadable(String profiles) {
        return new RealmPolicies(
                List.of(), List.of(), McpExecutorIds.ALL.stream().anyMatch(id -> isNamed(id, profiles)));
    }

    /** In the form that Keycloak alone can use, the id stands in a text within the text. */
    private static boolean isNamed(String id, String profiles) {
        return profiles.contains("\"" + id + "\"") || profiles.contains("\"" + id + "\\\"");
    }

    /**
     * A realm whose policies cannot be read, so that Keycloak applies none. Its own profiles still count, and the global
     * ones, since nobody can tell which of them the policies name.
     */
    public static RealmPolicies withoutPolicies(List<Profile> profiles) {
        return new RealmPolicies(profiles, List.of(), profiles.stream().anyMatch(Profile::isOfMcp));
    }

    /** The same with all executors of this extension in one mode, whatever they are configured to. */
    public RealmPolicies in(EnforcementMode mode) {
        return new RealmPolicies(AssumedMode.of(profiles.values(), mode), policies, optedIn);
    }

    /** True when a profile that counts in the realm holds an executor of this extension. */
    public boolean isOptedIn() {
        return optedIn;
    }

    /** The profiles that count in the realm: its own, and the global ones that a policy names. */
    public List<Profile> profiles() {
        return List.copyOf(profiles.values());
    }

    /** True when a policy that can apply names the profile. */
    public boolean isUsed(Profile profile) {
        return policies.stream()
                .filter(Policy::isInForce)
                .flatMap(this::profilesOf)
                .anyMatch(profile::equals);
    }

    /** The executors with that id in the profiles of policies that can apply, once for each policy. */
    public List<InForce> inForce(String executorId) {
        return policies.stream()
                .filter(Policy::isInForce)
                .flatMap(policy -> profilesOf(policy)
                        .flatMap(profile -> profile.executors().stream())
                        .filter(executor -> executorId.equals(executor.providerId()))
                        .map(executor -> new InForce(policy, executor)))
                .toList();
    }

    /**
     * True when an executor with that id is enforced by a policy that applies.
     *
     * @param votes what conditions say, negative logic included; an empty vote abstains
     */
    public boolean isEnforced(String executorId, Function<Component, Optional<Boolean>> votes) {
        return inForce(executorId).stream()
                .filter(found -> !found.executor().onlyReports())
                .map(InForce::policy)
                .distinct()
                .anyMatch(policy -> policy.applies(votes));
    }

    /**
     * How strictly the policies that apply are taken, whatever executors of this extension they bring: enforced where one
     * is. Absent where none applies.
     *
     * @param votes what conditions say, negative logic included; an empty vote abstains
     */
    public Optional<EnforcementMode> enforcement(Function<Component, Optional<Boolean>> votes) {
        List<InForce> applying = McpExecutorIds.ALL.stream()
                .flatMap(executorId -> inForce(executorId).stream())
                .filter(found -> found.policy().applies(votes))
                .toList();
        if (applying.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                applying.stream().allMatch(found -> found.executor().onlyReports())
                        ? EnforcementMode.REPORT
                        : EnforcementMode.ENFORCE);
    }

    /**
     * The same before it is known what the client asks for: a condition that abstains may know more of the request.
     *
     * @param votes what conditions say of the client alone
     */
    public Optional<EnforcementMode> mode(Function<Component, Optional<Boolean>> votes) {
        return enforcement(condition -> Optional.of(votes.apply(condition).orElse(true)));
    }

    private Stream<Profile> profilesOf(Policy policy) {
        return policy.profiles().stream().map(profiles::get).filter(Objects::nonNull);
    }
}
