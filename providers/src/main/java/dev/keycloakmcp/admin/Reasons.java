package dev.keycloakmcp.admin;

import dev.keycloakmcp.decision.ReasonCode;
import java.util.Arrays;

/** Explains stored reason codes, also those of other versions. */
final class Reasons {

    /** The OAuth error and the meaning of a code. */
    record Explained(String error, String meaning) {}

    private Reasons() {}

    static Explained explain(String code) {
        return Arrays.stream(ReasonCode.values())
                .filter(reason -> reason.code().equals(code))
                .findFirst()
                .map(reason -> new Explained(reason.error(), reason.meaning()))
                .orElse(new Explained("", ""));
    }
}
