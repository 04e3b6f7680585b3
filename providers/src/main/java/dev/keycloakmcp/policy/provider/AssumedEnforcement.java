package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.support.provider.PerRequest;
import java.util.function.Supplier;
import org.keycloak.models.KeycloakSession;

/** Questions of a request that policies in report mode let go on, answered as if they were enforced. */
public final class AssumedEnforcement {

    private boolean on;

    private AssumedEnforcement() {}

    private static AssumedEnforcement of(KeycloakSession session) {
        return PerRequest.get(session, AssumedEnforcement.class, any -> new AssumedEnforcement());
    }

    /** The answer to a question that changes nothing. */
    public static <T> T ask(KeycloakSession session, Supplier<T> question) {
        AssumedEnforcement assumed = of(session);
        assumed.on = true;
        try {
            return question.get();
        } finally {
            assumed.on = false;
        }
    }

    /** True while such a question is asked. */
    static boolean isOn(KeycloakSession session) {
        return of(session).on;
    }
}
