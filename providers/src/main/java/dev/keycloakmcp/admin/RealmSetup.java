package dev.keycloakmcp.admin;

import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.policy.ExtensionIds;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The set-up of a realm as it is, and whatever else in the realm needs this extension.
 *
 * @param scope the client scope {@code mcp-actor}
 * @param profiles all client profiles of the realm itself
 * @param policies all client policies
 * @param registration kinds of registration of the policies {@code mcp-client-registration}, one for each policy
 * @param audited true when the event listener of the audit trail is on
 * @param console the client that the audit page signs in with
 * @param theme the login theme
 * @param events the events that the realm saves
 * @param suspended the clients that are suspended, by client id
 * @param standalone true when Keycloak could use the client policies without this extension
 */
public record RealmSetup(
        Optional<Scope> scope,
        List<Profile> profiles,
        List<Policy> policies,
        List<String> registration,
        boolean audited,
        Optional<Console> console,
        Theme theme,
        Events events,
        List<Suspended> suspended,
        boolean standalone) {

    public RealmSetup {
        profiles = List.copyOf(profiles);
        policies = List.copyOf(policies);
        registration = List.copyOf(registration);
        suspended = List.copyOf(suspended);
    }

    /** The client profile of the set-up. */
    Optional<Profile> profile() {
        return profiles.stream()
                .filter(profile -> profile.name().equals(Setup.NAME))
                .findFirst();
    }

    /** The client policy of the set-up. */
    Optional<Policy> policy() {
        return policies.stream()
                .filter(policy -> policy.name().equals(Setup.NAME))
                .findFirst();
    }

    /** True when the profile of the set-up refuses less than it could. */
    boolean reports() {
        return profile()
                .filter(profile -> !profile.notIn(EnforcementMode.ENFORCE).isEmpty())
                .isPresent();
    }

    /**
     * The client scope that says who acts.
     *
     * @param byDefault true when clients get it that are created from now on
     * @param stampsActor true when it has the actor mapper
     */
    public record Scope(boolean byDefault, boolean stampsActor) {}

    /**
     * The login theme.
     *
     * @param name its name; empty for Keycloak's
     * @param installed true when the server has the theme of this extension
     */
    public record Theme(String name, boolean installed) {}

    /**
     * The events that the realm saves.
     *
     * @param on true when it saves any
     * @param unsaved types that tell of clients in report mode and that it does not save
     * @param kept true when those that it has saved go some day
     */
    public record Events(boolean on, Set<String> unsaved, boolean kept) {
        public Events {
            unsaved = Set.copyOf(unsaved);
        }
    }

    /**
     * A client that is suspended.
     *
     * @param enabled false when it could not be used without its suspension either
     */
    public record Suspended(String clientId, boolean enabled) {}

    /** A client profile. */
    public record Profile(String name, List<Executor> executors) {
        public Profile {
            executors = List.copyOf(executors);
        }

        /** True when it is of no use without this extension. */
        boolean goes() {
            return name.equals(Setup.NAME)
                    || (needsExtension()
                            && executors.stream().allMatch(executor -> ExtensionIds.contain(executor.providerId())));
        }

        boolean needsExtension() {
            return executors.stream().anyMatch(executor -> ExtensionIds.contain(executor.providerId()));
        }

        /** Provider ids of the executors of this extension that are in another mode. */
        List<String> notIn(EnforcementMode mode) {
            return executors.stream()
                    .filter(executor -> ExtensionIds.contain(executor.providerId()))
                    .filter(executor -> executor.onlyReports() != (mode == EnforcementMode.REPORT))
                    .map(Executor::providerId)
                    .distinct()
                    .toList();
        }
    }

    /**
     * An executor in a profile.
     *
     * @param onlyReports true when it refuses nothing
     */
    public record Executor(String providerId, boolean onlyReports) {}

    /**
     * A client policy.
     *
     * @param conditions provider ids of its conditions
     * @param profiles names of the profiles that it applies
     */
    public record Policy(String name, boolean enabled, List<String> conditions, List<String> profiles) {
        public Policy {
            conditions = List.copyOf(conditions);
            profiles = List.copyOf(profiles);
        }

        /** True when it is of no use without this extension and without these profiles. */
        boolean goes(Set<String> gone) {
            return name.equals(Setup.NAME)
                    || conditions.stream().anyMatch(ExtensionIds::contain)
                    || (loses(gone) && gone.containsAll(profiles));
        }

        boolean loses(Set<String> gone) {
            return profiles.stream().anyMatch(gone::contains);
        }
    }

    /**
     * The client that the audit page signs in with.
     *
     * @param signsIn true when people can sign in with it and come back to the page
     * @param requiresPkce true when it is held to PKCE with S256
     * @param roles the admin roles that its tokens may carry
     */
    public record Console(boolean signsIn, boolean requiresPkce, Set<String> roles) {
        public Console {
            roles = Set.copyOf(roles);
        }
    }
}
