/** Authorization server metadata for MCP clients (RFC 8414, OpenID Connect Discovery). */
package dev.keycloakmcp.discovery;
