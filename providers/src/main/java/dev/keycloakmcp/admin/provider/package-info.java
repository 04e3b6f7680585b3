/** The admin resource {@code /admin/realms/{realm}/mcp}. */
package dev.keycloakmcp.admin.provider;
