package dev.keycloakmcp.admin;

/**
 * A client scope as it is.
 *
 * @param openId true when it is of OpenID Connect
 * @param inToken true when tokens name it
 * @param text the words of the consent page
 * @param plain true when it has neither mappers nor roles
 */
public record ScopeState(boolean openId, boolean inToken, String text, boolean plain) {}
