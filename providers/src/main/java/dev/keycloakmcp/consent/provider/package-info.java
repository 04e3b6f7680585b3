/** Consent in Keycloak: the data of the login theme's pages, and the memory of answers. */
package dev.keycloakmcp.consent.provider;
