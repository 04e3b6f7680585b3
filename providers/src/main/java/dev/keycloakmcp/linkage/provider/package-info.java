@NullMarked
package dev.keycloakmcp.linkage.provider;

import org.jspecify.annotations.NullMarked;
