package dev.keycloakmcp.resource.provider;

import dev.keycloakmcp.resource.McpServers;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The MCP servers of each realm on this node.
 *
 * <p>What was read before an eviction is never kept after it: a load remembers the generation it started in.
 */
final class McpServerCache {

    private final ConcurrentMap<String, McpServers> byRealm = new ConcurrentHashMap<>();
    private final AtomicLong generation = new AtomicLong();

    McpServers get(String realmId, Supplier<McpServers> load) {
        McpServers cached = byRealm.get(realmId);
        if (cached != null) {
            return cached;
        }
        long startedIn = generation.get();
        McpServers loaded = load.get();
        byRealm.put(realmId, loaded);
        if (generation.get() != startedIn) {
            byRealm.remove(realmId, loaded);
        }
        return loaded;
    }

    @Nullable McpServers peek(String realmId) {
        return byRealm.get(realmId);
    }

    void evict(String realmId) {
        generation.incrementAndGet();
        byRealm.remove(realmId);
    }

    void evictAll() {
        generation.incrementAndGet();
        byRealm.clear();
    }
}
