package dev.keycloakmcp.policy;

/** Details that the extension adds to Keycloak's events. */
public final class McpEventDetails {
    /** The target, as registered. */
    public static final String RESOURCE = "resource";
    /** {@code allow}, {@code deny}, {@code would-deny} or {@code would-narrow}. */
    public static final String DECISION = "mcp_decision";
    /** The code of the reason. */
    public static final String REASON = "mcp_reason";
    /** The loss of a token if policies that only report were enforced, as JSON. */
    public static final String WOULD_LOSE = "mcp_would_lose";

    /** The actor: a client id, or the user name of a person. */
    public static final String ACTOR = "actor";
    /** The {@code sub} of the actor's own tokens. */
    public static final String ACTOR_ID = "actor_id";
    /** {@code client} or {@code user}. */
    public static final String ACTOR_TYPE = "actor_type";
    /** Client ids of all who act, oldest first, comma-separated. */
    public static final String DELEGATION_CHAIN = "delegation_chain";
    /** The number of those who act. */
    public static final String DELEGATION_CHAIN_DEPTH = "delegation_chain_depth";

    /** {@code jti} of the subject token of an exchange. */
    public static final String SUBJECT_TOKEN_ID = "subject_token_id";
    /** The {@code act} claim of the subject token of an exchange, as JSON. */
    public static final String SUBJECT_TOKEN_ACT = "subject_token_act";

    /** The actor whose token the requesting client received and sent as its actor token, as an {@code act} claim in JSON. */
    public static final String ACTOR_TOKEN_ACT = "actor_token_act";

    private McpEventDetails() {}
}
