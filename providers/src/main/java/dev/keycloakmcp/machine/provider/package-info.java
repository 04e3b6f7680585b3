/** The client policy executor for machine tokens. */
package dev.keycloakmcp.machine.provider;
