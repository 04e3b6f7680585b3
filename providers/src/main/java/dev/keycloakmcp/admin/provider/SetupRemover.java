package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.Setup;
import dev.keycloakmcp.admin.SetupPart;
import dev.keycloakmcp.admin.SetupStep;
import dev.keycloakmcp.audit.provider.ActorSuspension;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.clientpolicy.ClientPolicyException;
import org.keycloak.services.resources.admin.AdminAuth;
import org.keycloak.services.resources.admin.ClientResource;

/**
 * Carries out the steps of taking the set-up out. The client is deleted as Keycloak's own admin calls do it, so that other
 * client policies of the realm have their say.
 */
final class SetupRemover {

    private final AdminRequest request;
    private final KeycloakSession session;
    private final RealmModel realm;
    private final SetupReader reader;

    SetupRemover(AdminRequest request, SetupReader reader) {
        this.request = request;
        this.session = request.session();
        this.realm = request.realm();
        this.reader = reader;
    }

    /**
     * Policies first: they may name only profiles that exist. Each list is stored at once, as Keycloak takes none that
     * names a provider that it does not have.
     */
    void remove(List<SetupStep> steps) throws ClientPolicyException {
        steps.stream().filter(step -> step.part() == SetupPart.SUSPENSION).forEach(this::settle);
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
            realm.setEventsListeners(realm.getEventsListenersStream()
                    .filter(listener -> !listener.equals(Setup.LISTENER))
                    .collect(Collectors.toSet()));
        }
        if (differ(steps, SetupPart.CLIENT)) {
            reader.console().ifPresent(client -> new ClientResource(
                            realm, request.auth(), client, session, request.clientEvent())
                    .deleteClient());
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

    /** The mark of a client that is disabled stays: it is suspended again when the realm is set up again. */
    private void settle(SetupStep step) {
        ClientModel client = new ManagedClients(request).lock(step.name());
        if (step.change() == SetupStep.Change.CHANGED) {
            client.setEnabled(false);
            return;
        }
        AdminAuth caller = request.auth().adminAuth();
        new ActorSuspension(session, realm)
                .lift(client, caller.getUser(), caller.getClient().getClientId());
    }
}
