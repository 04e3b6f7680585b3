@org.jspecify.annotations.NullMarked
package dev.keycloakmcp.policy;
