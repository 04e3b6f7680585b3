@NullMarked
package dev.keycloakmcp.fetch.provider;

import org.jspecify.annotations.NullMarked;
