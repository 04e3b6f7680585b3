package dev.keycloakmcp.itest.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** All of a realm that an export has, to be compared. */
final class RealmExport {

    private RealmExport() {}

    /** The export, whatever the order of its lists. */
    static String of(TestRealm realm) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        realm.adminUri("partial-export?exportClients=true&exportGroupsAndRoles=true"))
                .header("Authorization", "Bearer " + realm.server().adminToken())
                .POST(BodyPublishers.noBody());
        return ordered(realm.oauth().send(request).expect(200).json());
    }

    private static String ordered(JsonNode node) {
        if (node.isArray()) {
            return node.valueStream()
                    .map(RealmExport::ordered)
                    .sorted()
                    .toList()
                    .toString();
        }
        if (node.isObject()) {
            return node.propertyStream()
                    .collect(Collectors.toMap(
                            member -> member.getKey(), member -> ordered(member.getValue()), (a, b) -> a, TreeMap::new))
                    .toString();
        }
        return node.toString();
    }
}
