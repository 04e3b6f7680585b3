package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.policy.RealmPolicies;
import java.util.concurrent.ConcurrentMap;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.securityprofile.SecurityProfileProvider;

/**
 * Answers from the cache as long as the realm's attributes hold the texts that were parsed. So no node can be late, and a
 * transaction that changes the attributes sees its own change.
 */
final class CachedRealmPolicies implements RealmPolicyRegistry {

    private final KeycloakSession session;
    private final ConcurrentMap<String, ParsedPolicies> byRealm;

    CachedRealmPolicies(KeycloakSession session, ConcurrentMap<String, ParsedPolicies> byRealm) {
        this.session = session;
        this.byRealm = byRealm;
    }

    @Override
    public RealmPolicies policies(RealmModel realm) {
        RealmPolicies policies = parsed(realm).policies();
        return AssumedEnforcement.isOn(session)
                ? policies.in(EnforcementMode.ENFORCE)
                : Rehearsal.mode(session).map(policies::in).orElse(policies);
    }

    @Override
    public ParsedPolicies.Source whole(RealmModel realm) {
        return parsed(realm).whole();
    }

    private ParsedPolicies parsed(RealmModel realm) {
        ParsedPolicies.Source source = source(realm);
        ParsedPolicies cached = byRealm.get(realm.getId());
        if (cached != null && cached.isOf(source)) {
            return cached;
        }
        ParsedPolicies parsed = ParsedPolicies.parse(source);
        byRealm.put(realm.getId(), parsed);
        return parsed;
    }

    private ParsedPolicies.Source source(RealmModel realm) {
        SecurityProfileProvider global = session.getProvider(SecurityProfileProvider.class);
        return new ParsedPolicies.Source(
                realm.getAttribute(Constants.CLIENT_PROFILES),
                realm.getAttribute(Constants.CLIENT_POLICIES),
                global.getDefaultClientProfiles(),
                global.getDefaultClientPolicies());
    }
}
