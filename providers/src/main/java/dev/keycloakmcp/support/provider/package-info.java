@org.jspecify.annotations.NullMarked
package dev.keycloakmcp.support.provider;
