package dev.keycloakmcp.itest.interop;

import dev.keycloakmcp.itest.junit.Until;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.Form;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.stream.Stream;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/**
 * Somebody at a browser: signs in and agrees wherever asked, at Keycloak or at a server that stands before it, and ends
 * at the client, which listens on this machine.
 */
final class Person {

    private static final int MOST_PAGES = 20;

    private final Browser browser = new Browser();

    /** Opens what a client wants opened, and goes on to the end. */
    void open(URI uri) {
        Browser.Page page = browser.open(uri);
        for (int pages = 0; pages < MOST_PAGES; pages++) {
            Element form = page.document().selectFirst("form");
            if (page.left()) {
                awaitListening(page.uri());
                page = browser.open(page.uri());
            } else if (form != null && page.status() < 400) {
                page = browser.submit(action(form, page.document()), answers(form));
            } else if (page.status() >= 400) {
                throw new IllegalStateException(page.uri() + " says " + page.status() + ": "
                        + page.document().text());
            } else {
                return;
            }
        }
        throw new IllegalStateException("More than " + MOST_PAGES + " pages from " + uri + ", now at " + page.uri());
    }

    /** Clients listen once they have told what to open, which a person takes some time to read. */
    private static void awaitListening(URI client) {
        Until.holds(client.getAuthority() + " listens", () -> {
            try (Socket socket = new Socket(client.getHost(), client.getPort())) {
                return socket.isConnected();
            } catch (IOException e) {
                return false;
            }
        });
    }

    private static URI action(Element form, Document document) {
        String action = form.absUrl("action");
        return URI.create(action.isEmpty() ? document.location() : action);
    }

    /** What the form has, as alice, and agreeing. */
    private static Form answers(Element form) {
        Form fields = Form.empty();
        for (Element hidden : form.select("input[type=hidden]")) {
            fields = fields.with(hidden.attr("name"), hidden.attr("value"));
        }
        if (form.id().equals("kc-form-login")) {
            return fields.with("username", "alice").with("password", "alice");
        }
        Element yes = Stream.of("[name=accept]", "[name=action][value=approve]")
                .map(form::selectFirst)
                .filter(element -> element != null)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Neither a login nor a question:\n" + form));
        return fields.with(yes.attr("name"), yes.attr("value"));
    }
}
