package dev.keycloakmcp.machine.provider;

import dev.keycloakmcp.machine.CredentialRule;
import dev.keycloakmcp.machine.MachineRule;
import dev.keycloakmcp.policy.McpExecutorIds;
import dev.keycloakmcp.policy.provider.McpExecutorConfiguration;
import dev.keycloakmcp.support.FlagSetting;
import dev.keycloakmcp.support.ListSetting;
import dev.keycloakmcp.support.NumberSetting;
import dev.keycloakmcp.support.Setting;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The configuration of {@link McpClientCredentialsExecutor}. */
final class McpClientCredentialsConfiguration extends McpExecutorConfiguration {

    private static final List<String> DEFAULT_AUTH_METHODS =
            List.of("client_secret_basic", "client_secret_post", "private_key_jwt", "tls_client_auth");

    private static final ListSetting ALLOWED_AUTH_METHODS = ListSetting.of("allowed-auth-methods")
            .orElse(DEFAULT_AUTH_METHODS)
            .where(Pattern.compile("[A-Za-z0-9._-]+").asMatchPredicate(), "is no name of an authentication method");
    private static final NumberSetting MAX_ASSERTION_LIFETIME = NumberSetting.atLeast(1, "max-assertion-lifetime", 300);

    /** 0 for any age; what cannot be read is the shortest limit that there is. */
    private static final NumberSetting MAX_SECRET_AGE_DAYS =
            new NumberSetting("max-secret-age-days", 0, 0, NumberSetting.ANY, 1);

    private static final FlagSetting REQUIRE_EXPLICIT_SCOPE = new FlagSetting("require-explicit-scope", false, true);
    private static final NumberSetting MAX_TOKEN_LIFETIME = NumberSetting.atLeast(1, "max-token-lifetime", 300);
    private static final FlagSetting ALLOW_DYNAMICALLY_REGISTERED =
            new FlagSetting("allow-dynamically-registered", false, false);

    static final List<Setting<?>> SETTINGS = List.of(
            ALLOWED_AUTH_METHODS,
            MAX_ASSERTION_LIFETIME,
            MAX_SECRET_AGE_DAYS,
            REQUIRE_EXPLICIT_SCOPE,
            MAX_TOKEN_LIFETIME,
            ALLOW_DYNAMICALLY_REGISTERED);

    McpClientCredentialsConfiguration() {
        super(McpExecutorIds.CLIENT_CREDENTIALS, SETTINGS);
    }

    MachineRule rule() {
        return new MachineRule(
                whenMissing(),
                value(REQUIRE_EXPLICIT_SCOPE),
                value(ALLOW_DYNAMICALLY_REGISTERED),
                value(MAX_TOKEN_LIFETIME));
    }

    /** An empty list of methods stands for the default: otherwise nobody could authenticate. */
    CredentialRule credentialRule() {
        List<String> methods = value(ALLOWED_AUTH_METHODS);
        return new CredentialRule(
                Set.copyOf(methods.isEmpty() ? DEFAULT_AUTH_METHODS : methods),
                value(MAX_ASSERTION_LIFETIME),
                value(MAX_SECRET_AGE_DAYS));
    }
}
