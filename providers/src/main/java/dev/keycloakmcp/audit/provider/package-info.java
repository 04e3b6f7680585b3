/** The audit trail in Keycloak: events and tokens become rows of its database, which administrators ask. */
package dev.keycloakmcp.audit.provider;
