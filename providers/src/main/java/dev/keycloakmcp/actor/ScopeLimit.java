package dev.keycloakmcp.actor;

/** The scopes that an exchanged token may hold, all of them owned by the target and assigned to the requesting client. */
public enum ScopeLimit {
    /** Those requested. */
    TARGET("target"),
    /** Those requested that the subject token holds as well. */
    SUBSET("subset");

    private final String value;

    ScopeLimit(String value) {
        this.value = value;
    }

    /** The value in the configuration. */
    public String value() {
        return value;
    }
}
