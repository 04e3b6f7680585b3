/** Machine tokens: what an agent may get by client credentials. Pure rules. */
package dev.keycloakmcp.machine;
