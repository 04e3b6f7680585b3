package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.policy.RequestFacts;
import dev.keycloakmcp.resource.McpServer;
import dev.keycloakmcp.resource.ResourceIndicator;
import dev.keycloakmcp.resource.ResourcePattern;
import dev.keycloakmcp.resource.TargetRequest;
import dev.keycloakmcp.resource.TargetRule;
import dev.keycloakmcp.resource.WhenMissing;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.representations.idm.ClientPolicyConditionConfigurationRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.ClientPolicyVote;
import org.keycloak.services.clientpolicy.condition.AbstractClientPolicyConditionProvider;
import org.keycloak.services.clientpolicy.context.ImplicitHybridTokenResponse;
import org.keycloak.sessions.AuthenticationSessionModel;

/** The condition that the target of a request, sent or inferred, matches. Requests that tell no target do not. */
final class McpResourceCondition extends AbstractClientPolicyConditionProvider<McpResourceCondition.Configuration> {

    private static final TargetRule RULE = new TargetRule(WhenMissing.INFER);

    McpResourceCondition(KeycloakSession session) {
        super(session);
    }

    @Override
    public String getProviderId() {
        return McpResourceConditionFactory.PROVIDER_ID;
    }

    @Override
    public Class<Configuration> getConditionConfigurationClass() {
        return Configuration.class;
    }

    @Override
    public ClientPolicyVote applyPolicy(ClientPolicyContext context) {
        if (context instanceof ImplicitHybridTokenResponse login) {
            return vote(boundTo(login.getAuthenticationSession()));
        }
        Optional<RequestFacts> facts = RequestFactsReader.of(session).read(context);
        if (facts.isEmpty()) {
            return ClientPolicyVote.ABSTAIN;
        }
        TargetRequest target = facts.get().target();
        // One that is unknown, or not for the client, is still what the request is about: it is refused, not
        // overlooked.
        return named(target).anyMatch(configuration::matches)
                ? ClientPolicyVote.YES
                : vote(RULE.decide(target, McpServerRegistry.of(session))
                        .allowed()
                        .flatMap(Function.identity()));
    }

    /** The targets that a request names, but for audiences that are clients and no servers, as Keycloak knows them. */
    private Stream<ResourceIndicator> named(TargetRequest target) {
        RealmModel realm = session.getContext().getRealm();
        return Stream.concat(
                        target.resources().stream(),
                        target.audiences().stream().filter(audience -> realm.getClientByClientId(audience) == null))
                .map(sent -> ResourceIndicator.parse(sent).orElseGet(() -> new ResourceIndicator(sent)));
    }

    private ClientPolicyVote vote(Optional<McpServer> target) {
        return target.map(McpServer::indicator).filter(configuration::matches).isPresent()
                ? ClientPolicyVote.YES
                : ClientPolicyVote.NO;
    }

    /** The target of a login, which is known since its authorization request. */
    private Optional<McpServer> boundTo(AuthenticationSessionModel login) {
        return Optional.ofNullable(login.getClientNote(DelegationClaims.RESOURCE))
                .flatMap(ResourceIndicator::parse)
                .flatMap(url ->
                        McpServerRegistry.of(session).claiming(url).stream().findFirst());
    }

    /** Configuration; malformed patterns match nothing, and none, or an empty text, stands for every server. */
    static final class Configuration extends ClientPolicyConditionConfigurationRepresentation {

        boolean matches(ResourceIndicator target) {
            List<String> patterns = McpResourceConditionFactory.RESOURCES.read(
                    getConfigAsMap().get(McpResourceConditionFactory.RESOURCES.key()));
            return patterns.isEmpty()
                    || patterns.stream()
                            .map(ResourcePattern::parse)
                            .flatMap(Optional::stream)
                            .anyMatch(pattern -> pattern.matches(target));
        }
    }
}
