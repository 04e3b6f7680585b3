package dev.keycloakmcp.audit.provider;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.persistence.LockTimeoutException;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.PessimisticLockException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.keycloak.models.ModelException;

/** What passes by itself is told from what does not. */
class LockConflictTest {

    @Test
    void others_that_use_the_same_rows_are_no_failure() {
        assertThat(LockConflict.is(new LockTimeoutException())).isTrue();
        assertThat(LockConflict.is(new ModelException("wrapped", new PessimisticLockException())))
                .isTrue();
        assertThat(LockConflict.is(new PersistenceException(new SQLException("deadlock", "40P01"))))
                .isTrue();
    }

    @Test
    void a_database_that_is_out_of_order_is() {
        assertThat(LockConflict.is(new PersistenceException(new SQLException("no table", "42P01"))))
                .isFalse();
        assertThat(LockConflict.is(new PersistenceException(new SQLException("no state"))))
                .isFalse();
        assertThat(LockConflict.is(new ModelException("other"))).isFalse();
    }
}
