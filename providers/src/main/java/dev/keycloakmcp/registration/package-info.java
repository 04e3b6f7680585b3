/** Dynamic client registration (RFC 7591, 7592): admission, and the clients that come out of it. */
package dev.keycloakmcp.registration;
