package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.token.provider.SettledMappers;
import java.util.Map;
import java.util.Optional;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.representations.AccessToken;

/**
 * The {@code may_act} claim of the tokens of a request.
 *
 * @param onlyRestricts true when it permits nothing
 */
record MayActClaim(Map<String, Object> value, boolean onlyRestricts) {

    /**
     * Writes it into an access token after all mappers ran. Where this extension has none, Keycloak's mappers of a scope with a
     * parameter may have written one; what other mappers wrote restricts.
     *
     * @param mapped the settled context of the token, in realms that use MCP policies
     */
    static void write(AccessToken token, Optional<MayActClaim> ours, Optional<ClientSessionContext> mapped) {
        boolean noneMapped =
                mapped.filter(context -> !SettledMappers.sayWhoMayAct(context)).isPresent();
        if (ours.isPresent()) {
            token.setOtherClaims(DelegationClaims.MAY_ACT, ours.get().value());
        } else if (noneMapped) {
            token.getOtherClaims().remove(DelegationClaims.MAY_ACT);
        }
        boolean restricts = ours.map(MayActClaim::onlyRestricts)
                .orElseGet(
                        () -> mapped.filter(SettledMappers::restrictWhoMayAct).isPresent());
        if (restricts && token.getOtherClaims().containsKey(DelegationClaims.MAY_ACT)) {
            token.setOtherClaims(DelegationClaims.ONLY_RESTRICTS, true);
        } else if (mapped.isPresent()) {
            token.getOtherClaims().remove(DelegationClaims.ONLY_RESTRICTS);
        }
    }
}
