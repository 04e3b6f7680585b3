package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.policy.RealmPolicies;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.Provider;

/** The client profiles and policies of a realm, parsed once. */
interface RealmPolicyRegistry extends Provider {

    /** Those of a realm, as this transaction sees them. */
    RealmPolicies policies(RealmModel realm);

    /** Their texts, whichever form the realm stores them in. */
    ParsedPolicies.Source whole(RealmModel realm);

    @Override
    default void close() {}
}
