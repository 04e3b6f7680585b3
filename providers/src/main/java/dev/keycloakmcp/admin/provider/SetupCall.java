package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.AfterSuspension;
import dev.keycloakmcp.admin.RealmSetup;
import dev.keycloakmcp.admin.Setup;
import dev.keycloakmcp.admin.SetupChange;
import dev.keycloakmcp.admin.SetupCheck;
import dev.keycloakmcp.admin.SetupRemoval;
import dev.keycloakmcp.admin.SetupStatus;
import dev.keycloakmcp.admin.SetupStep;
import dev.keycloakmcp.decision.EnforcementMode;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuthErrorException;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.services.ErrorResponseException;
import org.keycloak.services.clientpolicy.ClientPolicyException;

/** A call about the set-up of the realm: all of its changes are made, or none. */
final class SetupCall {

    static final String DRY_RUN = "dry-run";
    static final String SUSPENDED = "suspended";

    private final AdminRequest request;
    private final SetupReader reader;

    SetupCall(AdminRequest request) {
        this.request = request;
        this.reader = new SetupReader(request.session(), request.realm());
    }

    /** The parts of the set-up, and what is different from it. */
    List<SetupStatus> status() {
        request.auth().realm().requireViewRealm();
        request.requireNoParameters();
        return SetupCheck.status(read());
    }

    SetupChange addition(@Nullable String body) {
        requireRoles();
        boolean dryRun = request.parameters(DRY_RUN).flag(DRY_RUN);
        Optional<EnforcementMode> mode = SetupBody.enforcement(body);
        return change(
                dryRun, realm -> Setup.add(realm, mode), steps -> new SetupWriter(request, reader).add(steps, mode));
    }

    SetupChange removal() {
        requireRoles();
        QueryParameters parameters = request.parameters(DRY_RUN, SUSPENDED);
        boolean dryRun = parameters.flag(DRY_RUN);
        Optional<AfterSuspension> choice = parameters.text(SUSPENDED).map(text -> AfterSuspension.of(text)
                .orElseThrow(() -> parameters.invalid(SUSPENDED, "must be disable or release")));
        return change(
                dryRun,
                realm -> {
                    if (!dryRun) {
                        SetupRemoval.problem(realm, choice).ifPresent(problem -> {
                            throw refused(problem);
                        });
                    }
                    return SetupRemoval.steps(realm, choice);
                },
                new SetupRemover(request, reader)::remove);
    }

    /** Asks for the roles that Keycloak asks for when the changes are made one by one. */
    private void requireRoles() {
        request.auth().realm().requireManageRealm();
        request.auth().realm().requireManageEvents();
        request.auth().clients().requireManage();
        request.auth().clients().requireManageClientScopes();
    }

    private interface Step {
        void apply(List<SetupStep> steps) throws ClientPolicyException;
    }

    private SetupChange change(boolean dryRun, Function<RealmSetup, List<SetupStep>> plan, Step step) {
        if (!dryRun) {
            RealmLock.take(request);
        }
        SetupChange change = new SetupChange(!dryRun, plan.apply(read()));
        if (change.applied() && change.isDifference()) {
            try {
                step.apply(change.steps());
            } catch (ClientPolicyException e) {
                throw refused(e);
            }
            request.event(ResourceType.REALM, OperationType.UPDATE)
                    .representation(change.json())
                    .success();
        }
        return change;
    }

    private RealmSetup read() {
        try {
            return reader.read();
        } catch (ClientPolicyException e) {
            throw refused(e);
        }
    }

    private static ErrorResponseException refused(ClientPolicyException e) {
        return refused("Keycloak refuses the realm's client policies: " + e.getMessage());
    }

    private static ErrorResponseException refused(String problem) {
        return AdminRequest.refused(Response.Status.CONFLICT, OAuthErrorException.INVALID_REQUEST, problem);
    }
}
