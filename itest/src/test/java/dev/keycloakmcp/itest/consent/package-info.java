/** What people are asked before a client acts for them, and when they are asked again. */
package dev.keycloakmcp.itest.consent;
