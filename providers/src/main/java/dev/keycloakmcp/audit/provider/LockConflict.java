package dev.keycloakmcp.audit.provider;

import jakarta.persistence.LockTimeoutException;
import jakarta.persistence.PessimisticLockException;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Errors of a database that only say that another transaction uses the same rows. */
final class LockConflict {

    /** Beginning of the SQL states of transactions that were ended for the sake of others. */
    private static final String ROLLBACK = "40";

    private static final int MOST_CAUSES = 20;

    private LockConflict() {}

    /** True when the same may work a little later. */
    static boolean is(@Nullable Throwable error) {
        return Stream.iterate(error, Throwable::getCause)
                .limit(MOST_CAUSES)
                .takeWhile(cause -> cause != null)
                .anyMatch(LockConflict::says);
    }

    private static boolean says(@Nullable Throwable cause) {
        return cause instanceof LockTimeoutException
                || cause instanceof PessimisticLockException
                || cause instanceof SQLException sql
                        && sql.getSQLState() != null
                        && sql.getSQLState().startsWith(ROLLBACK);
    }
}
