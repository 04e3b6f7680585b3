package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.SetupStep;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.policy.provider.ClientOrigin;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.RepresentationToModel;
import org.keycloak.representations.idm.ClientProfilesRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyException;
import org.keycloak.services.resources.admin.ClientsResource;

/**
 * Carries out the steps of setting a realm up. The client is made as Keycloak's own admin calls do it, so that other client
 * policies of the realm have their say.
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

    void add(List<SetupStep> steps, Optional<EnforcementMode> mode) throws ClientPolicyException {
        SetupParts parts = new SetupParts();
        for (SetupStep step : steps) {
            if (step.isDifference()) {
                add(step, parts, mode.orElse(EnforcementMode.ENFORCE));
            }
        }
        ClientOrigin.mark(realm);
    }

    private void add(SetupStep step, SetupParts parts, EnforcementMode mode) throws ClientPolicyException {
        switch (step.part()) {
            case CLIENT_SCOPE ->
                realm.addDefaultClientScope(RepresentationToModel.createClientScope(realm, parts.scope()), true);
            case CLIENT_PROFILE -> session.clientPolicy().updateClientProfiles(realm, profiles(step, parts, mode));
            case CLIENT_POLICY -> addPolicy(step, parts);
            case REGISTRATION_POLICY -> realm.addComponentModel(SetupParts.registrationPolicy(realm, step.name()));
            case EVENT_LISTENER ->
                realm.setEventsListeners(Stream.concat(realm.getEventsListenersStream(), Stream.of(step.name()))
                        .collect(Collectors.toSet()));
            case CLIENT -> {
                new ClientsResource(session, request.auth(), request.clientEvent()).createClient(parts.console(realm));
                reader.console().ifPresent(client -> reader.consoleRoles().forEach(client::addScopeMapping));
            }
            case LOGIN_THEME -> realm.setLoginTheme(step.name());
            case SAVED_EVENTS -> SavedEvents.save(realm);
            case SUSPENSION -> throw new IllegalArgumentException(step.text());
        }
    }

    private ClientProfilesRepresentation profiles(SetupStep step, SetupParts parts, EnforcementMode mode)
            throws ClientPolicyException {
        StoredPolicies stored = StoredPolicies.of(session, realm);
        return step.change() == SetupStep.Change.ADDED
                ? stored.with(parts.profile(mode))
                : stored.in(mode, step.name());
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
}
