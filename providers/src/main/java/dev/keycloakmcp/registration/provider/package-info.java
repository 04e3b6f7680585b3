/** The registration rules in Keycloak: the {@code mcp} registration endpoint and its policy. */
package dev.keycloakmcp.registration.provider;
