/** The content of the audit trail and the questions to it: rows, their ids, filters, export. Pure rules. */
package dev.keycloakmcp.audit;
