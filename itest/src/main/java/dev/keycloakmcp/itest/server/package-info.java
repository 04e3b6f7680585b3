/** A real Keycloak for the integration tests and the demo: a process of its own, or a container. */
@NullMarked
package dev.keycloakmcp.itest.server;

import org.jspecify.annotations.NullMarked;
