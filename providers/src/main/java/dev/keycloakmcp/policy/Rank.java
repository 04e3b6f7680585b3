package dev.keycloakmcp.policy;

/** The specificity of a policy. Of the verdicts that are enforced, those of the most specific rank count. */
public enum Rank {
    GENERAL,
    SPECIFIC,
    /** May refuse a request, and has no say in what its token holds. */
    GUARD
}
