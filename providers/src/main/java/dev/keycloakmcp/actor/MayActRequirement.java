package dev.keycloakmcp.actor;

/** When a subject token has to say who may act. Whatever it is, what the token says is enforced. */
public enum MayActRequirement {
    /** When an actor token was sent. */
    AUTO("auto"),
    /** At every exchange. */
    ALWAYS("always"),
    /** Never. */
    NEVER("never");

    private final String value;

    MayActRequirement(String value) {
        this.value = value;
    }

    /** The value in the configuration. */
    public String value() {
        return value;
    }

    boolean applies(ActingParty party) {
        return switch (this) {
            case ALWAYS -> true;
            case AUTO -> party.byToken();
            case NEVER -> false;
        };
    }
}
