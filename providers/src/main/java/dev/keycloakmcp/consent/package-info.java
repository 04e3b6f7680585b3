/** Rules of the consent page: its content, the display of foreign names, and the earlier answers that still count. */
package dev.keycloakmcp.consent;
