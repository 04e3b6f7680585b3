package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.ExplainRequest;
import dev.keycloakmcp.admin.Explanation;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.decision.Outcome;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** Explains what a request would get, and why. It issues nothing, and writes nothing. */
public class ExplainResource {

    private final AdminRequest request;

    ExplainResource(AdminRequest request) {
        this.request = request;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Map<String, Object> explain(@Nullable String body) {
        request.auth().clients().requireView();
        request.auth().users().requireView();
        request.requireNoParameters();
        ExplainRequest asked = ExplainBody.read(body);
        requireThere(asked);
        Explanation.Run before = run(asked, Optional.of(EnforcementMode.REPORT));
        Explanation.Run now = run(asked, asked.enforced() ? Optional.of(EnforcementMode.ENFORCE) : Optional.empty());
        Explanation.Run enforced =
                now.outcome() == Outcome.WOULD_NARROW ? run(asked, Optional.of(EnforcementMode.ENFORCE)) : now;
        return Explanation.json(before, now, enforced);
    }

    private Explanation.Run run(ExplainRequest asked, Optional<EnforcementMode> mode) {
        return new RehearsedGrant(request.session(), request.realm(), asked, mode).run();
    }

    private void requireThere(ExplainRequest asked) {
        RealmModel realm = request.realm();
        Stream.concat(Stream.of(asked.client()), asked.chain().stream())
                .filter(clientId -> realm.getClientByClientId(clientId) == null)
                .findFirst()
                .ifPresent(unknown -> {
                    throw new NotFoundException("Could not find client");
                });
        asked.user().ifPresent(name -> {
            UserModel user = RehearsedGrant.user(request.session(), realm, name);
            if (user == null) {
                throw new NotFoundException("Could not find user");
            }
        });
    }
}
