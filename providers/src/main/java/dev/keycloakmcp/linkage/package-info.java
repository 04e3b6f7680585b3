/** The check that this jar fits a Keycloak: what its classes need of others, and whether they find it (JVMS chapter 5.4). */
@NullMarked
package dev.keycloakmcp.linkage;

import org.jspecify.annotations.NullMarked;
