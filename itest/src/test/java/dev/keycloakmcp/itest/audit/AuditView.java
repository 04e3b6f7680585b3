package dev.keycloakmcp.itest.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.browser.Browser;
import dev.keycloakmcp.itest.server.TestRealm;

/** The views of the audit page in a browser. */
final class AuditView {

    static final String LOADED = "document.querySelector('#person button')"
            + " && document.querySelector('main h1') && !document.querySelector('[aria-busy], [data-left]')";

    private AuditView() {}

    /** Signs in, whose name is the password, and opens a view. */
    static Browser open(Browser browser, TestRealm realm, String user, String view) {
        browser.open(AuditConsole.page(realm, view));
        browser.signIn(user, user);
        browser.await(LOADED);
        return browser;
    }

    /** From here on, the view that is shown does not count as loaded: the next one replaces what is marked. */
    static void leave(Browser browser) {
        browser.evaluate("document.querySelector('main').firstElementChild.dataset.left = '', 0");
    }

    /** Goes to another view of the page that is open. */
    static void go(Browser browser, String view) {
        if (!Boolean.TRUE.equals(browser.evaluate("location.hash === '#/" + view + "'"))) {
            leave(browser);
            browser.evaluate("location.hash = '#/" + view + "', 0");
        }
        browser.await("location.hash === '#/" + view + "'");
        browser.await(LOADED);
    }

    static void assertSound(Browser browser) {
        assertThat(browser.complaints()).isEmpty();
        assertThat(browser.evaluate("document.querySelectorAll('main img, main script, main svg[onload]').length"))
                .isEqualTo(0);
    }
}
