/** What the audit trail holds and how it is asked: rows, their ids, filters, export. Pure rules. */
package dev.keycloakmcp.audit;
