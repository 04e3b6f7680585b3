package dev.keycloakmcp.policy;

import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.resource.WhenMissing;
import dev.keycloakmcp.support.ChoiceSetting;
import dev.keycloakmcp.support.Setting;
import java.util.List;

/** Settings that all executors of this extension have. */
public final class ExecutorSettings {

    /** An executor reports only where its configuration says so. */
    public static final ChoiceSetting<EnforcementMode> ENFORCEMENT =
            ChoiceSetting.of("enforcement", EnforcementMode::value, EnforcementMode.ENFORCE, EnforcementMode.ENFORCE);

    /** The safe side is to refuse a request that names no target. */
    public static final ChoiceSetting<WhenMissing> WHEN_MISSING =
            ChoiceSetting.of("when-missing", WhenMissing::value, WhenMissing.INFER, WhenMissing.REQUIRE);

    /** All of them, in the order of the form. */
    public static final List<Setting<?>> ALL = List.of(ENFORCEMENT, WHEN_MISSING);

    private ExecutorSettings() {}
}
