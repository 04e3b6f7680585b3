/** The resource rules in Keycloak: the registry of MCP servers, client policies, token narrowing, introspection. */
package dev.keycloakmcp.resource.provider;
