/** The rules of delegation: who acts for whom, and who may (RFC 8693). Pure. */
package dev.keycloakmcp.actor;
