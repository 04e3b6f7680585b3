package dev.keycloakmcp.actor;

/** The token exchange that answers a request, in a realm that uses MCP policies. */
public enum ExchangeRoute {
    /** This extension's: the subject token is verified, and what it says about actors is kept. */
    MCP,
    /** Keycloak's own delegation. What it writes is checked afterwards. */
    KEYCLOAK_DELEGATION,
    /** One that drops what a token says about actors: Keycloak's legacy exchange, or one with other issuers. */
    UNAWARE_OF_ACTORS;

    /** The token exchanges of Keycloak. */
    public enum Keycloak {
        /** Standard token exchange. */
        STANDARD,
        /** Another that builds on it, as Keycloak's own delegation does. */
        BUILT_ON_STANDARD,
        /** Any other. */
        OTHER
    }

    /**
     * The route of a request.
     *
     * @param keycloak the exchange that Keycloak would answer it with
     * @param leftToKeycloak true when a policy leaves delegation to Keycloak
     * @param actorTokenSent true when the request sends an actor token, which Keycloak's own delegation needs
     */
    public static ExchangeRoute of(Keycloak keycloak, boolean leftToKeycloak, boolean actorTokenSent) {
        return switch (keycloak) {
            case OTHER -> UNAWARE_OF_ACTORS;
            case STANDARD -> MCP;
            case BUILT_ON_STANDARD -> leftToKeycloak && actorTokenSent ? KEYCLOAK_DELEGATION : MCP;
        };
    }
}
