package dev.keycloakmcp.admin;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A registered MCP client as an administrator sees it; times in milliseconds since the epoch.
 *
 * @param clientId the client id
 * @param registration how it registered: {@code dcr-anonymous} or {@code dcr-authenticated}
 * @param registeredAt when
 * @param lastUsed when it last got a token, to a day; absent where it never did
 * @param expires when it is removed unless it gets a token before; absent where it stays
 */
public record RegisteredClient(
        String clientId,
        String registration,
        long registeredAt,
        @Nullable Long lastUsed,
        @Nullable Long expires) {

    /** From epoch seconds. */
    public static RegisteredClient of(
            String clientId, String registration, long registeredAt, OptionalLong lastUsed, OptionalLong expires) {
        return new RegisteredClient(
                clientId, registration, TimeUnit.SECONDS.toMillis(registeredAt), millis(lastUsed), millis(expires));
    }

    private static @Nullable Long millis(OptionalLong seconds) {
        return seconds.isPresent() ? TimeUnit.SECONDS.toMillis(seconds.getAsLong()) : null;
    }

    /**
     * One that has expired.
     *
     * @param clientId the client id
     * @param registration how it registered
     * @param registeredAt when
     * @param lastUsed when it last got a token; absent where it never did
     * @param reason {@code unused} or {@code idle}
     */
    public record Expired(
            String clientId,
            String registration,
            long registeredAt,
            @Nullable Long lastUsed,
            String reason) {

        /** The same client, with the reason. */
        public static Expired of(RegisteredClient client, String reason) {
            return new Expired(
                    client.clientId(), client.registration(), client.registeredAt(), client.lastUsed(), reason);
        }
    }
}
