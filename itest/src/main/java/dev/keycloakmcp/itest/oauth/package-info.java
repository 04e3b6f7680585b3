/** What an OAuth client and a person at a browser do, over plain HTTP. */
@NullMarked
package dev.keycloakmcp.itest.oauth;

import org.jspecify.annotations.NullMarked;
