/** A real Chromium, for what only a browser can tell: scripts, styles, keyboard, contrast, security headers. */
@NullMarked
package dev.keycloakmcp.itest.browser;

import org.jspecify.annotations.NullMarked;
