package dev.keycloakmcp.audit;

import java.util.Arrays;
import java.util.Optional;

/** The files of the audit page: nothing else is ever served, whatever a request asks for. */
public enum PageFile {
    INDEX("index.html", "text/html; charset=utf-8"),
    STYLE("page.css", "text/css; charset=utf-8"),
    ICON("icon.svg", "image/svg+xml; charset=utf-8"),
    PAGE("page.js", Script.TYPE),
    SIGN_IN("signin.js", Script.TYPE),
    REST("rest.js", Script.TYPE),
    DOM("dom.js", Script.TYPE),
    TEXTS("texts.js", Script.TYPE),
    FILTERS("filters.js", Script.TYPE),
    TIMELINE("timeline.js", Script.TYPE),
    GRAPH("graph.js", Script.TYPE),
    CHAIN("chain.js", Script.TYPE),
    ACTORS("actors.js", Script.TYPE),
    EXPLAIN("explain.js", Script.TYPE),
    TOKENS("tokens.js", Script.TYPE),
    SERVERS("servers.js", Script.TYPE),
    SERVER_FORMS("serverforms.js", Script.TYPE),
    CHANGE("change.js", Script.TYPE),
    ENGLISH("messages_en.json", "application/json"),
    GERMAN("messages_de.json", "application/json"),
    D3_ARRAY("d3/d3-array/d3-array.min.js", Script.TYPE),
    D3_PATH("d3/d3-path/d3-path.min.js", Script.TYPE),
    D3_SHAPE("d3/d3-shape/d3-shape.min.js", Script.TYPE),
    D3_SANKEY("d3/d3-sankey/d3-sankey.min.js", Script.TYPE);

    private final String path;
    private final String mediaType;

    PageFile(String path, String mediaType) {
        this.path = path;
        this.mediaType = mediaType;
    }

    /** The file at a path below the page, without a leading slash; the page itself at the empty path. */
    public static Optional<PageFile> at(String path) {
        return path.isEmpty()
                ? Optional.of(INDEX)
                : Arrays.stream(values())
                        .filter(file -> file != INDEX && file.path.equals(path))
                        .findFirst();
    }

    /** Relative to the folder of the page. */
    public String path() {
        return path;
    }

    public String mediaType() {
        return mediaType;
    }

    private static final class Script {
        static final String TYPE = "text/javascript; charset=utf-8";
    }
}
