package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.Setup;
import dev.keycloakmcp.admin.SetupPart;
import dev.keycloakmcp.admin.SetupStep;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.policy.provider.ClientOrigin;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.RepresentationToModel;
import org.keycloak.services.clientpolicy.ClientPolicyException;
import org.keycloak.services.resources.admin.AdminEventBuilder;
import org.keycloak.services.resources.admin.ClientResource;
import org.keycloak.services.resources.admin.ClientsResource;

/**
 * Carries out the steps of setting a realm up, or of taking the set-up out. The client is made and deleted as Keycloak's
 * own admin calls do it, so that other client policies of the realm have their say.
 */
final class SetupWriter {

    private final AdminRequest request;
    private final KeycloakSession session;
    private final RealmModel realm;
    private final SetupReader reader;

    SetupWriter(AdminRequest request, SetupReader reader) {
        this.request = request;
        this.session = request.session();
        this.realm = request.realm();
        this.reader = reader;
    }

    void add(List<SetupStep> steps, EnforcementMode mode) throws ClientPolicyException {
        SetupParts parts = new SetupParts();
        for (SetupStep step : steps) {
            if (step.isDifference()) {
                add(step, parts, mode);
            }
        }
        ClientOrigin.mark(realm);
    }

    private void add(SetupStep step, SetupParts parts, EnforcementMode mode) throws ClientPolicyException {
        switch (step.part()) {
            case CLIENT_SCOPE ->
                realm.addDefaultClientScope(RepresentationToModel.createClientScope(realm, parts.scope()), true);
            case CLIENT_PROFILE ->
                session.clientPolicy()
                        .updateClientProfiles(
                                realm, StoredPolicies.of(session, realm).with(parts.profile(mode)));
            case CLIENT_POLICY -> addPolicy(step, parts);
            case REGISTRATION_POLICY -> realm.addComponentModel(SetupParts.registrationPolicy(realm, step.name()));
            case EVENT_LISTENER -> listen(Stream.concat(realm.getEventsListenersStream(), Stream.of(step.name())));
            case CLIENT -> {
                new ClientsResource(session, request.auth(), clientEvent()).createClient(parts.console(realm));
                reader.console().ifPresent(client -> reader.consoleRoles().forEach(client::addScopeMapping));
            }
            case LOGIN_THEME -> realm.setLoginTheme(step.name());
        }
    }

    private void addPolicy(SetupStep step, SetupParts parts) throws ClientPolicyException {
        StoredPolicies stored = StoredPolicies.of(session, realm);
        if (step.change() == SetupStep.Change.ADDED) {
            session.clientPolicy().updateClientPolicies(realm, stored.with(parts.policy()));
        } else {
            session.clientPolicy().updateClientProfiles(realm, stored.profiles());
            session.clientPolicy().updateClientPolicies(realm, stored.policies());
        }
    }

    /**
     * Policies first: they may name only profiles that exist. Each list is stored at once, as Keycloak takes none that
     * names a provider that it does not have.
     */
    void remove(List<SetupStep> steps) throws ClientPolicyException {
        StoredPolicies stored = StoredPolicies.of(session, realm);
        Set<String> profiles = removed(steps, SetupPart.CLIENT_PROFILE);
        if (differ(steps, SetupPart.CLIENT_POLICY)) {
            session.clientPolicy()
                    .updateClientPolicies(
                            realm, stored.withoutPolicies(removed(steps, SetupPart.CLIENT_POLICY), profiles));
        }
        if (differ(steps, SetupPart.CLIENT_PROFILE)) {
            session.clientPolicy().updateClientProfiles(realm, stored.withoutProfiles(profiles));
        }
        if (differ(steps, SetupPart.REGISTRATION_POLICY)) {
            reader.registrationPolicies().toList().forEach(realm::removeComponent);
        }
        if (differ(steps, SetupPart.EVENT_LISTENER)) {
            listen(realm.getEventsListenersStream().filter(listener -> !listener.equals(Setup.LISTENER)));
        }
        if (differ(steps, SetupPart.CLIENT)) {
            reader.console()
                    .ifPresent(client ->
                            new ClientResource(realm, request.auth(), client, session, clientEvent()).deleteClient());
        }
        if (differ(steps, SetupPart.CLIENT_SCOPE)) {
            reader.scope().ifPresent(scope -> realm.removeClientScope(scope.getId()));
        }
        if (differ(steps, SetupPart.LOGIN_THEME)) {
            realm.setLoginTheme(null);
        }
    }

    private static boolean differ(List<SetupStep> steps, SetupPart part) {
        return steps.stream().anyMatch(step -> step.part() == part && step.isDifference());
    }

    private static Set<String> removed(List<SetupStep> steps, SetupPart part) {
        return steps.stream()
                .filter(step -> step.part() == part && step.change() == SetupStep.Change.REMOVED)
                .map(SetupStep::name)
                .collect(Collectors.toSet());
    }

    private void listen(Stream<String> listeners) {
        realm.setEventsListeners(listeners.collect(Collectors.toSet()));
    }

    /** An event of its own: Keycloak's resources change the one that they are given. */
    private AdminEventBuilder clientEvent() {
        return request.adminEvent().clone(session);
    }
}
