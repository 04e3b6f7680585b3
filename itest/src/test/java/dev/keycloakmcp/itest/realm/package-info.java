/** What realms of tests are made of: scopes, clients, mappers, and the builder that puts them together. */
package dev.keycloakmcp.itest.realm;
