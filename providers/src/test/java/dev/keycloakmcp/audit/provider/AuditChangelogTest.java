package dev.keycloakmcp.audit.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** The tables of the audit trail stay within what the databases allow that Keycloak supports. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditChangelogTest {

    /** Oracle before 12.2. */
    private static final int LONGEST_NAME = 30;
    /** Bytes: SQL Server, 2 for each character of NVARCHAR and 1 of VARCHAR. */
    private static final int LONGEST_KEY_OF_SQL_SERVER = 1700;
    /** Bytes: MySQL and MariaDB with utf8mb4, 4 for each character. */
    private static final int LONGEST_KEY_OF_MYSQL = 3072;
    /** Bytes: MySQL and MariaDB; large objects are elsewhere. */
    private static final int LONGEST_ROW_OF_MYSQL = 65_535;

    private Document changelog;
    private final Map<String, Map<String, String>> types = new HashMap<>();

    /** The columns of an index or a primary key. */
    private record Key(String name, String table, List<String> columns) {}

    @BeforeAll
    void read() throws IOException, ParserConfigurationException, SAXException {
        try (InputStream file = getClass().getResourceAsStream("/META-INF/mcp-audit-changelog.xml")) {
            changelog =
                    DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file);
        }
        for (Element table : elements(changelog.getDocumentElement(), "createTable")) {
            Map<String, String> columns = new HashMap<>();
            elements(table, "column")
                    .forEach(each -> columns.put(each.getAttribute("name"), each.getAttribute("type")));
            types.put(table.getAttribute("tableName"), columns);
        }
        for (Element added : elements(changelog.getDocumentElement(), "addColumn")) {
            elements(added, "column").forEach(each -> types.get(added.getAttribute("tableName"))
                    .put(each.getAttribute("name"), each.getAttribute("type")));
        }
    }

    private static List<Element> elements(Element parent, String name) {
        NodeList nodes = parent.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    private List<Key> keys() {
        List<Key> keys = new ArrayList<>();
        for (Element index : elements(changelog.getDocumentElement(), "createIndex")) {
            keys.add(new Key(
                    index.getAttribute("indexName"),
                    index.getAttribute("tableName"),
                    elements(index, "column").stream()
                            .map(column -> column.getAttribute("name"))
                            .toList()));
        }
        for (Element primary : elements(changelog.getDocumentElement(), "addPrimaryKey")) {
            keys.add(new Key(
                    primary.getAttribute("constraintName"),
                    primary.getAttribute("tableName"),
                    List.of(primary.getAttribute("columnNames").split(", "))));
        }
        return keys;
    }

    private int bytes(String type, int ofText, int ofNationalText) {
        if (type.startsWith("NVARCHAR(")) {
            return Integer.parseInt(type.substring(9, type.length() - 1)) * ofNationalText;
        }
        if (type.startsWith("VARCHAR(")) {
            return Integer.parseInt(type.substring(8, type.length() - 1)) * ofText;
        }
        return Long.BYTES;
    }

    private int bytes(Key key, int ofText, int ofNationalText) {
        return key.columns().stream()
                .mapToInt(column -> bytes(type(key.table(), column), ofText, ofNationalText))
                .sum();
    }

    private String type(String table, String column) {
        String type = types.get(table).get(column);
        assertThat(type).as(table + "." + column).isNotNull();
        return type;
    }

    @Test
    void names_are_short_enough() {
        assertThat(types).hasSize(4);
        assertThat(types.keySet()).allMatch(name -> name.length() <= LONGEST_NAME);
        assertThat(keys()).allMatch(key -> key.name().length() <= LONGEST_NAME);
        types.values().forEach(columns -> assertThat(columns.keySet()).allMatch(name -> name.length() <= LONGEST_NAME));
    }

    @Test
    void keys_fit_and_have_no_large_objects() {
        assertThat(keys()).hasSizeGreaterThan(15).allSatisfy(key -> {
            assertThat(bytes(key, 1, 2)).as(key.name()).isLessThanOrEqualTo(LONGEST_KEY_OF_SQL_SERVER);
            assertThat(bytes(key, 4, 4)).as(key.name()).isLessThanOrEqualTo(LONGEST_KEY_OF_MYSQL);
            assertThat(key.columns())
                    .noneMatch(column -> type(key.table(), column).endsWith("CLOB"));
        });
    }

    @Test
    void rows_fit() {
        types.forEach((table, columns) -> assertThat(columns.values().stream()
                        .mapToInt(type -> bytes(type, 4, 4))
                        .sum())
                .as(table)
                .isLessThanOrEqualTo(LONGEST_ROW_OF_MYSQL));
    }

    @Test
    void types_are_those_that_keycloak_uses() {
        types.values().forEach(columns -> assertThat(columns.values())
                .allMatch(type -> type.matches("N?VARCHAR\\(\\d+\\)|BIGINT|INT|BOOLEAN|NCLOB")));
    }

    /** docs/operate/audit.md says so. */
    @Test
    void an_insert_into_the_journal_touches_one_index() {
        List<String> dropped = elements(changelog.getDocumentElement(), "dropIndex").stream()
                .map(index -> index.getAttribute("indexName"))
                .toList();
        Map<String, Long> indexes = keys().stream()
                .filter(key -> !dropped.contains(key.name()))
                .collect(Collectors.groupingBy(Key::table, Collectors.counting()));

        assertThat(indexes)
                .isEqualTo(Map.of(
                        "MCP_AUDIT_JOURNAL", 1L, "MCP_AUDIT", 13L, "MCP_AUDIT_ACTOR", 2L, "MCP_AUDIT_SCOPE", 2L));
    }
}
