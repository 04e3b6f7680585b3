/** Actor claims in Keycloak: protocol mappers and token exchange. */
package dev.keycloakmcp.actor.provider;
