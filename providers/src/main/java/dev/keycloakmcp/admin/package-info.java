/** The answers to administrators about a realm's MCP servers and policies, and its set-up. Pure rules. */
package dev.keycloakmcp.admin;
