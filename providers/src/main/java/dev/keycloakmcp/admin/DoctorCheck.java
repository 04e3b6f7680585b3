package dev.keycloakmcp.admin;

import java.util.Locale;

/** The checks of the doctor. The text may hold one {@code %s} for what it is about. */
public enum DoctorCheck {
    /** No executor of this extension is in any client profile. */
    NOT_IN_USE(
            Severity.INFO,
            "No client profile holds an executor of this extension, so nothing is enforced.",
            "Run realm-config/apply.sh for the realm, or follow docs/start/first-server-by-console.md."),
    /** Stored by an earlier version, or by another one in the cluster. */
    POLICIES_NEED_EXTENSION(
            Severity.WARNING,
            "The client policies are stored so that every login of the realm fails while the jars are missing from the server.",
            "Run realm-config/apply.sh for the realm, or save its client profiles and client policies, when all nodes have"
                    + " this version."),
    /** A profile that no enabled policy uses. */
    PROFILE_UNUSED(
            Severity.WARNING,
            "No enabled client policy uses the client profile %s.",
            "Add it to an enabled client policy with the condition mcp-client."),
    /** Tokens of MCP clients are not bound. */
    RESOURCE_INDICATOR_MISSING(
            Severity.ERROR,
            "No enabled client policy has the executor mcp-resource-indicator: tokens are not bound to a server.",
            "Add the executor to the profile of the policy with the condition mcp-client."),
    /** Machine tokens have no rules of their own. */
    CLIENT_CREDENTIALS_MISSING(
            Severity.WARNING,
            "No enabled client policy has the executor mcp-client-credentials: agents may use any way to authenticate,"
                    + " and their tokens live as long as the realm says.",
            "Add the executor to the profile of the policy with the condition mcp-client."),
    /** Exchanges have no rules of their own. */
    DELEGATION_MISSING(
            Severity.WARNING,
            "No enabled client policy has the executor mcp-delegation: Keycloak's own rules decide on token exchange.",
            "Add the executor to the profile of the policy with the condition mcp-client."),
    /** An executor that only reports. */
    REPORT_ONLY(
            Severity.WARNING,
            "The executor %s only reports: nothing it denies is refused.",
            "See GET would-deny for who would be refused, and set enforcement to enforce."),
    /** A list of client ids holds something else, such as the name of a role. */
    ALLOWED_ACTOR_UNKNOWN(
            Severity.ERROR,
            "allowed-actors of the client profile %s, which no client of the realm has as its client id.",
            "Write client ids into allowed-actors, and names of roles into allowed-actor-roles."),
    /** Nothing to protect. */
    NO_SERVERS(
            Severity.WARNING,
            "The realm has no MCP server, so that no target is known.",
            "Give the client of each MCP server the attributes resource_url and mcp.scopes."),
    /** A server is misconfigured; nobody gets tokens for it. */
    SERVER_UNREACHABLE(
            Severity.ERROR, "MCP server %s", "Correct the attributes of the client; GET servers shows them."),
    /** A server is configured in a way that surprises. */
    SERVER_INCONSISTENT(
            Severity.WARNING, "MCP server %s", "Correct the attributes of the client; GET servers shows them."),
    /** ID tokens of a client have the audience of a server. */
    CLIENT_NAMED_AS_SERVER(
            Severity.ERROR,
            "The client id is the URI of an MCP server that is another client: %s. Its ID tokens would look as if they were"
                    + " for the server, so it gets no tokens.",
            "Give the client another client id."),
    /** An agent is limited to servers that are none. */
    AGENT_RESOURCE_UNKNOWN(
            Severity.ERROR,
            "mcp.allowed-resources of agent %s names a URI that no MCP server of the realm has.",
            "Write it as the server's resource_url, or take it away."),
    /** Clients register and get unbound tokens. */
    REGISTRATION_UNBOUND(
            Severity.ERROR,
            "MCP clients may register, and no policy binds their tokens to a server.",
            "Add the executor mcp-resource-indicator to a profile, and a policy with the condition mcp-client."),
    /** The quota is nearly full. */
    REGISTRATION_NEARLY_FULL(
            Severity.WARNING,
            "%s registered clients are there; soon the oldest that were never used make room, or new ones are refused.",
            "Raise max-clients, or shorten unused-expiry-hours and idle-expiry-days."),
    /** The default server is none. */
    DEFAULT_RESOURCE_UNKNOWN(
            Severity.ERROR,
            "default-resource of the registration policy is a URI that no MCP server of the realm has, or that"
                    + " allowed-resources does not allow: %s. It counts as not set.",
            "Write it as the server's resource_url, or take it away."),
    /** Clients of late did not say which server they meant. */
    TARGET_NOT_NAMED(
            Severity.WARNING,
            "In the last 30 days, registered clients were refused because nothing told which MCP server they meant: %s.",
            "Name scopes in the metadata of the servers. For clients that name neither a server nor a scope, such as the"
                    + " gateway of Agent Mesh, set default-resource of the policy mcp-client-registration."),
    /** Pages ask twice. */
    PROTOCOL_VERSION_NOT_ALLOWED(
            Severity.INFO,
            "MCP clients may register, and pages may not send MCP-Protocol-Version to Keycloak's metadata and token"
                    + " endpoints: some clients in browsers ask twice or fail.",
            "Start the server with --spi-cors--default--allowed-headers=MCP-Protocol-Version."),
    /** Keycloak's own endpoint is open to everybody. */
    STOCK_REGISTRATION_OPEN(
            Severity.WARNING,
            "Keycloak's own registration endpoints have no Trusted Hosts policy for anonymous registration: anybody may"
                    + " register clients there with any redirect URI.",
            "Add the policy Trusted Hosts again; the mcp endpoint does not need it off."),
    /** People see Keycloak's own consent page. */
    CONSENT_PAGE_STOCK(
            Severity.INFO,
            "MCP clients may register, and the login theme is not mcp: people do not see where their answer goes.",
            "Choose the login theme mcp, or a child of it."),
    /** Nobody can say later who acted. */
    AUDIT_OFF(
            Severity.WARNING,
            "The event listener mcp-audit is off: there is no record of who acted for whom.",
            "Add mcp-audit to the event listeners of the realm."),
    /** Rows stay for ever. */
    AUDIT_KEPT_FOR_EVER(
            Severity.INFO, "Audit rows are never removed.", "Set the realm attribute mcp.audit.retention-days."),
    /** Tokens of sign-ins do not name the client as the actor. */
    ACTOR_MAPPER_MISSING(
            Severity.WARNING,
            "No client scope or client has the mapper oidc-mcp-actor-mapper: tokens of a sign-in do not say that the"
                    + " client acts.",
            "Add the mapper to a client scope that is not included in tokens ('Include in token scope' off), make that a"
                    + " default client scope of the realm, and assign it to the clients that are there already."),
    /** Codes can be stolen. */
    PKCE_NOT_REQUIRED(
            Severity.WARNING,
            "Public clients that may use MCP servers are not held to PKCE with S256: %s.",
            "Set the PKCE method of these clients to S256."),
    /** Stolen refresh tokens stay good. */
    REFRESH_TOKENS_NOT_ROTATED(
            Severity.WARNING,
            "Refresh tokens of public clients that an administrator made do not rotate: %s.",
            "Turn on Revoke Refresh Token for the realm, or let these clients register at the mcp endpoint."),
    /** Suspension takes long to reach servers that do not introspect. */
    LIFETIME_LONG(
            Severity.INFO,
            "Access tokens live %s seconds: for so long a server that only checks JWTs accepts those of an agent that was"
                    + " stopped.",
            "Shorten the access token lifespan of the realm to 300 seconds."),
    /** The mapper is in use, and nothing else. */
    ACTORS_UNPROVEN(
            Severity.WARNING,
            "Tokens say who acts, by the mapper oidc-mcp-actor-mapper, and no client profile holds an executor of this"
                    + " extension: an exchange keeps the actors and proves none, and Keycloak alone decides on may_act; from"
                    + " 26.8 on it refuses tokens that have it.",
            "Run realm-config/apply.sh for the realm, or add the executor mcp-delegation to a profile of a client policy."),
    /** Nobody ran the tests on this Keycloak. */
    KEYCLOAK_UNTESTED(
            Severity.WARNING,
            "This extension was not tested with Keycloak %s.",
            "Run kc-check.sh, and try it in a realm of your own before people sign in; docs/operate/compatibility.md lists"
                    + " the versions that were tested."),
    /** Keycloak does more than by default. */
    KEYCLOAK_FEATURES(
            Severity.INFO,
            "Features of Keycloak are on that change what this extension does: %s.",
            "Read what each one changes in docs/operate/compatibility.md, and turn off those that you do not need.");

    private final Severity severity;
    private final String problem;
    private final String fix;

    DoctorCheck(Severity severity, String problem, String fix) {
        this.severity = severity;
        this.problem = problem;
        this.fix = fix;
    }

    /** Stable, for scripts. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public Severity severity() {
        return severity;
    }

    /** The problem, with {@code %s} for what it is about. */
    public String problem() {
        return problem;
    }

    /** The way to fix it. */
    public String fix() {
        return fix;
    }

    Finding found() {
        return new Finding(id(), severity.value(), problem, fix);
    }

    Finding found(String about) {
        return new Finding(id(), severity.value(), problem.replace("%s", about), fix);
    }
}
