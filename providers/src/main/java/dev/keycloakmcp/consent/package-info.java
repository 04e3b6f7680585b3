/** What a consent page has to show, how foreign names become fit for it, and which earlier answers still count. */
package dev.keycloakmcp.consent;
