package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.Doctor;
import dev.keycloakmcp.admin.Finding;
import dev.keycloakmcp.admin.RealmFacts;
import dev.keycloakmcp.admin.ServerDoctor;
import dev.keycloakmcp.linkage.provider.RunningKeycloak;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.stream.Stream;

/** The findings of the doctor: settings that are not as they were meant, or not safe. */
public class DoctorResource {

    private final AdminRequest request;

    DoctorResource(AdminRequest request) {
        this.request = request;
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public List<Finding> findings() {
        request.auth().realm().requireViewRealm();
        request.requireNoParameters();
        return findings(new DoctorReader(request.session(), request.realm()).read());
    }

    static List<Finding> findings(RealmFacts realm) {
        return Stream.concat(
                        Doctor.examine(realm).stream(), ServerDoctor.examine(realm, RunningKeycloak.found()).stream())
                .toList();
    }
}
