/** The metadata documents of realms that let MCP clients register. */
package dev.keycloakmcp.discovery.provider;
