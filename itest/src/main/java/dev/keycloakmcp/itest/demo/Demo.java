package dev.keycloakmcp.itest.demo;

import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.RealmFile;
import dev.keycloakmcp.itest.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.keycloak.admin.client.resource.RealmResource;

/**
 * Boots a real Keycloak with the extension and the realm {@code agent-mesh}, and walks the three patterns of an agent
 * mesh; then an administrator stops the agent.
 * Ends with 0 only if every step gave what it should. With {@code -Dkeep} everything stays up until
 * enter is pressed.
 */
public final class Demo {

    private static final String REALM = "agent-mesh";

    private Demo() {}

    public static void main(String[] arguments) throws IOException {
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            failure.printStackTrace();
            System.exit(1);
        });
        // Whoever started this may be ended without a word to us; then nothing may stay behind.
        ProcessHandle.current().parent().ifPresent(parent -> {
            var unused = parent.onExit().thenRun(() -> System.exit(1));
        });
        Narrator narrator = new Narrator(System.out, isTerminal() && System.getenv("NO_COLOR") == null);
        boolean succeeded;
        try (AgentMesh mesh = new AgentMesh()) {
            succeeded = run(mesh, narrator);
        }
        System.exit(succeeded ? 0 : 1);
    }

    @SuppressWarnings("SystemConsoleNull") // the build starts this with jdk.console=java.base
    private static boolean isTerminal() {
        return System.console() != null;
    }

    private static boolean run(AgentMesh mesh, Narrator narrator) throws IOException {
        Path realm = Scratch.folder().resolve(REALM + "-realm.json");
        Files.writeString(realm, RealmFile.read(RealmFile.AGENT_MESH, mesh.realmVariables()));
        narrator.say("Now a real Keycloak has to start; that takes half a minute.");
        try (KeycloakServer keycloak =
                KeycloakServer.start(ServerOptions.builder().importRealms(realm).build())) {
            Administration administration = new Administration(keycloak, REALM);
            mesh.trust(administration.issuer());
            try {
                new Walk(mesh, administration, ids(keycloak.admin().realm(REALM)), narrator).run();
            } finally {
                narrator.summary();
            }
            if (Boolean.getBoolean("keep")) {
                keep(administration, mesh, narrator);
            }
        }
        return narrator.succeeded();
    }

    /** The user ids that the tokens of the walk have to carry. */
    public static Walk.Ids ids(RealmResource realm) {
        return new Walk.Ids(
                realm.users().searchByUsername("alice", true).get(0).getId(),
                serviceAccount(realm, "crm-mcp-server"),
                serviceAccount(realm, "nightly-agent"));
    }

    private static String serviceAccount(RealmResource realm, String clientId) {
        String id = realm.clients().findByClientId(clientId).get(0).getId();
        return realm.clients().get(id).getServiceAccountUser().getId();
    }

    private static void keep(Administration administration, AgentMesh mesh, Narrator narrator) throws IOException {
        KeptDemo.addresses(administration, mesh).forEach(narrator::say);
        int typed;
        do {
            typed = System.in.read();
        } while (typed >= 0 && typed != '\n');
        if (typed < 0) { // nobody at the keyboard: until the process is ended
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
