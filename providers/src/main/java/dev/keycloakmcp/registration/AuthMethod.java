package dev.keycloakmcp.registration;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The methods by which a registered client may authenticate at the token endpoint (RFC 7591 2, OpenID Connect Core 9). */
public enum AuthMethod {
    /** A public client. */
    NONE("none"),
    CLIENT_SECRET_BASIC("client_secret_basic"),
    CLIENT_SECRET_POST("client_secret_post"),
    PRIVATE_KEY_JWT("private_key_jwt");

    private final String value;

    AuthMethod(String value) {
        this.value = value;
    }

    /** The value of {@code token_endpoint_auth_method}. */
    public String value() {
        return value;
    }

    /** True when the client has nothing to authenticate with. */
    public boolean isPublic() {
        return this == NONE;
    }

    /** The method with a value. */
    public static Optional<AuthMethod> of(String value) {
        return Arrays.stream(values())
                .filter(method -> method.value.equals(value))
                .findFirst();
    }

    /** All values, for error descriptions and metadata. */
    public static List<String> allValues() {
        return Arrays.stream(values()).map(AuthMethod::value).toList();
    }
}
