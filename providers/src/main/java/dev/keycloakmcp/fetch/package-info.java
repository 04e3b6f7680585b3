/** Requests that this server makes to hosts that others name: where they may lead, and which answers are taken. */
@NullMarked
package dev.keycloakmcp.fetch;

import org.jspecify.annotations.NullMarked;
