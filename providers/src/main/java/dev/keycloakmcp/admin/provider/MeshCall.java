package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.MeshState;
import dev.keycloakmcp.admin.Refusal;
import dev.keycloakmcp.admin.SetupChange;
import dev.keycloakmcp.admin.SetupStep;
import jakarta.ws.rs.core.Response;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.keycloak.OAuthErrorException;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;

/** A call that adds or removes an MCP server or an agent: all of its changes are made, or none. */
final class MeshCall {

    private final AdminRequest request;
    private final MeshReader reader;

    MeshCall(AdminRequest request) {
        this.request = request;
        this.reader = new MeshReader(request);
    }

    MeshWriter writer() {
        return new MeshWriter(request, reader);
    }

    MeshReader reader() {
        return reader;
    }

    /** The parts of a request to change one. */
    interface Plan {
        Optional<Refusal> refusal(MeshState realm);

        List<SetupStep> steps(MeshState realm);
    }

    static Plan plan(Function<MeshState, Optional<Refusal>> refusal, Function<MeshState, List<SetupStep>> steps) {
        return new Plan() {
            @Override
            public Optional<Refusal> refusal(MeshState realm) {
                return refusal.apply(realm);
            }

            @Override
            public List<SetupStep> steps(MeshState realm) {
                return steps.apply(realm);
            }
        };
    }

    /** Asks for the roles that Keycloak asks for when the changes are made one by one. */
    boolean isDryRun() {
        request.auth().clients().requireManage();
        request.auth().clients().requireManageClientScopes();
        return request.parameters(SetupCall.DRY_RUN).flag(SetupCall.DRY_RUN);
    }

    SetupChange change(
            boolean dryRun, String clientId, Collection<String> scopes, Plan plan, Consumer<List<SetupStep>> writing) {
        if (!dryRun) {
            RealmLock.take(request);
        }
        MeshState realm = reader.read(clientId, scopes);
        plan.refusal(realm).ifPresent(refusal -> {
            throw AdminRequest.refused(
                    refusal.conflict() ? Response.Status.CONFLICT : Response.Status.BAD_REQUEST,
                    OAuthErrorException.INVALID_REQUEST,
                    refusal.text(),
                    refusal.reason());
        });
        SetupChange change = new SetupChange(!dryRun, plan.steps(realm));
        if (change.applied() && change.isDifference()) {
            writing.accept(change.steps());
            request.event(ResourceType.CLIENT, OperationType.UPDATE)
                    .representation(change.json())
                    .success();
        }
        return change;
    }
}
