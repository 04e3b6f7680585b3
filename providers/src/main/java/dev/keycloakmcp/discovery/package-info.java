/** What the metadata of an authorization server says to MCP clients (RFC 8414, OpenID Connect Discovery). */
package dev.keycloakmcp.discovery;
