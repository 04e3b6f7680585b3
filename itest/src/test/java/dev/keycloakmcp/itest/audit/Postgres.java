package dev.keycloakmcp.itest.audit;

import dev.keycloakmcp.itest.server.ServerOptions;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** PostgreSQL on the loopback interface, from an archive of its programs; nothing has to be installed. */
public final class Postgres implements AutoCloseable {

    private static final String USER = "postgres";

    private final EmbeddedPostgres database;

    private Postgres(EmbeddedPostgres database) {
        this.database = database;
    }

    /** Empty where this machine cannot run it. */
    public static Optional<Postgres> start() {
        try {
            return Optional.of(new Postgres(EmbeddedPostgres.builder()
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setServerConfig("max_connections", "200")
                    .start()));
        } catch (IOException | IllegalStateException e) {
            System.out.println("[postgres] cannot run here: " + e);
            return Optional.empty();
        }
    }

    /** A Keycloak that keeps its data there. */
    public ServerOptions.Builder keycloak() {
        return ServerOptions.builder()
                .buildArguments("--db=postgres")
                .arguments("--db-url=" + database.getJdbcUrl(USER, USER), "--db-username=" + USER, "--db-password=x");
    }

    public Connection connect() throws SQLException {
        return database.getPostgresDatabase().getConnection();
    }

    @Override
    public void close() throws IOException {
        database.close();
    }
}
