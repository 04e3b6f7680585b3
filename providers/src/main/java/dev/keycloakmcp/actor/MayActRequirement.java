package dev.keycloakmcp.actor;

/** The exchanges whose subject token has to say who may act. A {@code may_act} claim that is there is always enforced. */
public enum MayActRequirement {
    /** Those with an actor token. */
    AUTO("auto"),
    /** Every exchange. */
    ALWAYS("always"),
    /** None. */
    NEVER("never");

    private final String value;

    MayActRequirement(String value) {
        this.value = value;
    }

    /** The value in the configuration. */
    public String value() {
        return value;
    }

    boolean applies(ActingParties acting) {
        return switch (this) {
            case ALWAYS -> true;
            case AUTO -> acting.areProvenByToken();
            case NEVER -> false;
        };
    }
}
