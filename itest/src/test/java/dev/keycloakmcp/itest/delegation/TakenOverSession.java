package dev.keycloakmcp.itest.delegation;

import static dev.keycloakmcp.itest.delegation.DelegationRealm.REDIRECT;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.as;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.uri;

import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import java.net.http.HttpRequest;

/**
 * A session of a user that an administrator of the master realm took over.
 *
 * @param browser the administrator's
 * @param administrator user id
 */
record TakenOverSession(DelegationRealm mesh, Browser browser, String administrator) {

    static TakenOverSession of(DelegationRealm mesh, String username) {
        return of(mesh, username, new Browser());
    }

    /**
     * A session that another administrator took over.
     *
     * @param realm the administrator's
     */
    static TakenOverSession of(
            DelegationRealm mesh, String username, String realm, String administrator, String password) {
        return of(mesh, username, realm, administrator, password, new Browser());
    }

    /** A session that the administrator of the master realm took over in a browser that was at the realm before. */
    static TakenOverSession of(DelegationRealm mesh, String username, Browser browser) {
        return of(
                mesh,
                username,
                "master",
                mesh.server().adminUsername(),
                mesh.server().adminPassword(),
                browser);
    }

    private static TakenOverSession of(
            DelegationRealm mesh,
            String username,
            String realm,
            String administrator,
            String password,
            Browser browser) {
        OAuthClient home = new OAuthClient(mesh.server().realmUri(realm));
        String adminToken = home.token(ClientAuth.none("admin-cli"), Form.password(administrator, password))
                .expect(200)
                .accessToken();
        String user = mesh.userId(username);
        Reply taken = home.send(HttpRequest.newBuilder(mesh.adminUri("users/" + user + "/impersonation"))
                .header("Authorization", "Bearer " + adminToken)
                .POST(HttpRequest.BodyPublishers.noBody()));
        browser.keep(taken.expect(200).headers().allValues("Set-Cookie"));
        String id = mesh.server()
                .admin()
                .realm(realm)
                .users()
                .searchByUsername(administrator, true)
                .get(0)
                .getId();
        return new TakenOverSession(mesh, browser, id);
    }

    /** Signs in at the app without a password. */
    Reply signIn(String server, String scope) {
        return signIn("desk", Form.of("scope", scope).with("resource", uri(server)));
    }

    Reply signIn(String client, Form parameters) {
        return mesh.oauth()
                .code(
                        as(client),
                        mesh.oauth()
                                .authorize(
                                        Form.of("client_id", client)
                                                .with("redirect_uri", REDIRECT)
                                                .and(parameters),
                                        browser),
                        Form.empty())
                .expect(200);
    }
}
