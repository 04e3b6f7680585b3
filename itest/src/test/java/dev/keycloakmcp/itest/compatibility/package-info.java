/** Which versions of Keycloak the extension fits: runs of the suite, told in a report each, and the page of their results. */
@NullMarked
package dev.keycloakmcp.itest.compatibility;

import org.jspecify.annotations.NullMarked;
