/** What administrators may ask about a realm's MCP servers and policies. Pure rules. */
package dev.keycloakmcp.admin;
