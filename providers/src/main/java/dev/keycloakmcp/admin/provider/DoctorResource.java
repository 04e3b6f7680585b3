package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.Doctor;
import dev.keycloakmcp.admin.Finding;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;

/** What is configured otherwise than it was meant, or than is safe. */
public class DoctorResource {

    private final KeycloakSession session;
    private final RealmModel realm;
    private final AdminPermissionEvaluator auth;

    DoctorResource(KeycloakSession session, RealmModel realm, AdminPermissionEvaluator auth) {
        this.session = session;
        this.realm = realm;
        this.auth = auth;
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public List<Finding> findings() {
        auth.realm().requireViewRealm();
        QueryParameters.requireNone(session);
        return Doctor.examine(new DoctorReader(session, realm).read());
    }
}
