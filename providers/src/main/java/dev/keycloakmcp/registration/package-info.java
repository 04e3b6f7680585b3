/** Which dynamic client registrations (RFC 7591, 7592) are admitted, and what comes out of them. */
package dev.keycloakmcp.registration;
