/** Decisions, their stable reasons, and whether they are enforced. JDK only. */
package dev.keycloakmcp.decision;
