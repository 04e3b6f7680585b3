package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.McpExecutorIds;
import dev.keycloakmcp.policy.TokenForm;
import dev.keycloakmcp.policy.provider.McpExecutorConfiguration;
import dev.keycloakmcp.support.FlagSetting;
import dev.keycloakmcp.support.Setting;
import java.util.List;

/** The configuration of {@link McpResourceIndicatorExecutor}. */
final class McpResourceIndicatorConfiguration extends McpExecutorConfiguration {

    private static final FlagSetting INCLUDE_CLIENT_ID = new FlagSetting("include-client-id", false, false);
    private static final FlagSetting RFC9068 = new FlagSetting("rfc9068", true, true);
    private static final FlagSetting REMEMBER_CONSENT = new FlagSetting("remember-consent", true, false);

    static final List<Setting<?>> SETTINGS = List.of(INCLUDE_CLIENT_ID, RFC9068, REMEMBER_CONSENT);

    McpResourceIndicatorConfiguration() {
        super(McpExecutorIds.RESOURCE_INDICATOR, SETTINGS);
    }

    /** How bound tokens look. */
    TokenForm form() {
        return new TokenForm(
                value(INCLUDE_CLIENT_ID)
                        ? TokenForm.AudienceForm.RESOURCE_AND_CLIENT_ID
                        : TokenForm.AudienceForm.RESOURCE,
                value(RFC9068) ? TokenForm.Profile.RFC9068 : TokenForm.Profile.KEYCLOAK);
    }

    /** True when people are not asked again for what they allowed. */
    boolean rememberConsent() {
        return value(REMEMBER_CONSENT);
    }
}
