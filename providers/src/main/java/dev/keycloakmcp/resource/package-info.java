/** MCP servers, resource indicators (RFC 8707), and what a token for one server may hold. Pure rules. */
package dev.keycloakmcp.resource;
