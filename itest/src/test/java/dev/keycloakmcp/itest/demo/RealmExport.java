package dev.keycloakmcp.itest.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** All of a realm that an export has, to be compared. */
public final class RealmExport {

    private RealmExport() {}

    /** The export, whatever the order of its lists. */
    public static String of(TestRealm realm) {
        return ordered(export(realm));
    }

    /** The export by its members; of clients each member of its own, and each attribute. */
    public static Map<String, String> membersOf(TestRealm realm) {
        Map<String, String> members = new TreeMap<>();
        export(realm).propertyStream().forEach(member -> {
            if (member.getKey().equals("clients")) {
                member.getValue()
                        .forEach(client -> put(members, client.get("clientId").asText(), client));
            } else {
                members.put(member.getKey(), ordered(member.getValue()));
            }
        });
        return members;
    }

    private static void put(Map<String, String> members, String path, JsonNode client) {
        client.propertyStream().forEach(member -> {
            String name = path + "." + member.getKey();
            if (member.getKey().equals("attributes")) {
                put(members, name, member.getValue());
            } else {
                members.put(name, ordered(member.getValue()));
            }
        });
    }

    private static JsonNode export(TestRealm realm) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        realm.adminUri("partial-export?exportClients=true&exportGroupsAndRoles=true"))
                .header("Authorization", "Bearer " + realm.server().adminToken())
                .POST(BodyPublishers.noBody());
        return realm.oauth().send(request).expect(200).json();
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
