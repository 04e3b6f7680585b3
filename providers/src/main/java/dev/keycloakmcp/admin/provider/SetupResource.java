package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.RealmSetup;
import dev.keycloakmcp.admin.Setup;
import dev.keycloakmcp.admin.SetupChange;
import dev.keycloakmcp.admin.SetupCheck;
import dev.keycloakmcp.admin.SetupStatus;
import dev.keycloakmcp.admin.SetupStep;
import dev.keycloakmcp.decision.EnforcementMode;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuthErrorException;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.services.ErrorResponseException;
import org.keycloak.services.clientpolicy.ClientPolicyException;

/** The set-up of the realm: what {@code realm-config/apply.sh} adds and {@code remove.sh} takes out. */
public class SetupResource {

    static final String DRY_RUN = "dry-run";

    /** As text, a line for each step: what the scripts print. */
    private static final String LINES = MediaType.TEXT_PLAIN + ";charset=UTF-8";

    private final AdminRequest request;
    private final SetupReader reader;

    SetupResource(AdminRequest request) {
        this.request = request;
        this.reader = new SetupReader(request.session(), request.realm());
    }

    /** The parts of the set-up, and what is different from it. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Map<String, Object> status() {
        request.auth().realm().requireViewRealm();
        request.requireNoParameters();
        try {
            return Map.of(
                    "parts",
                    SetupCheck.status(reader.read()).stream()
                            .map(SetupStatus::json)
                            .toList());
        } catch (ClientPolicyException e) {
            throw refused(e);
        }
    }

    /** Adds what is missing, and leaves alone what is there. */
    @PUT
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Map<String, Object> add(@Nullable String body) {
        return addition(body).json();
    }

    @PUT
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(LINES)
    public String addInLines(@Nullable String body) {
        return addition(body).lines();
    }

    /** Takes out the set-up, and whatever else the realm could not be used with when the extension is gone. */
    @DELETE
    @Produces(MediaType.APPLICATION_JSON)
    public Map<String, Object> remove() {
        return removal().json();
    }

    @DELETE
    @Produces(LINES)
    public String removeInLines() {
        return removal().lines();
    }

    private SetupChange addition(@Nullable String body) {
        boolean dryRun = isDryRun();
        EnforcementMode mode = SetupBody.enforcement(body);
        return change(dryRun, realm -> Setup.add(realm, mode), (writer, steps) -> writer.add(steps, mode));
    }

    private SetupChange removal() {
        return change(isDryRun(), Setup::remove, SetupWriter::remove);
    }

    /** Asks for the roles that Keycloak asks for when the changes are made one by one. */
    private boolean isDryRun() {
        request.auth().realm().requireManageRealm();
        request.auth().realm().requireManageEvents();
        request.auth().clients().requireManage();
        request.auth().clients().requireManageClientScopes();
        return request.parameters(DRY_RUN).flag(DRY_RUN);
    }

    private interface Step {
        void apply(SetupWriter writer, List<SetupStep> steps) throws ClientPolicyException;
    }

    private SetupChange change(boolean dryRun, Function<RealmSetup, List<SetupStep>> plan, Step step) {
        if (!dryRun) {
            RealmLock.take(request);
        }
        try {
            SetupChange change = new SetupChange(!dryRun, plan.apply(reader.read()));
            if (change.applied() && change.isDifference()) {
                step.apply(new SetupWriter(request, reader), change.steps());
                request.event(ResourceType.REALM, OperationType.UPDATE)
                        .representation(change.json())
                        .success();
            }
            return change;
        } catch (ClientPolicyException e) {
            throw refused(e);
        }
    }

    private static ErrorResponseException refused(ClientPolicyException e) {
        return AdminRequest.refused(
                Response.Status.CONFLICT,
                OAuthErrorException.INVALID_REQUEST,
                "Keycloak refuses the realm's client policies: " + e.getMessage());
    }
}
