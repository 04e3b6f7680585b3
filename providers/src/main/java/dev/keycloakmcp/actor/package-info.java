/** Who acts for whom: actors and actor chains (RFC 8693). Pure rules. */
package dev.keycloakmcp.actor;
