/**
 * The demo: an agent mesh in one process. Two MCP servers and a downstream API that trust a Keycloak
 * with the extension, and a walk through the three patterns by which an agent reaches them.
 */
@NullMarked
package dev.keycloakmcp.itest.demo;

import org.jspecify.annotations.NullMarked;
