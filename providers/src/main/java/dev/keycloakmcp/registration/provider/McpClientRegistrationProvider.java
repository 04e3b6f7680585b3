package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.registration.AvailableScopes;
import dev.keycloakmcp.registration.ClientMetadata;
import dev.keycloakmcp.registration.Registration;
import dev.keycloakmcp.registration.RegistrationPolicy;
import dev.keycloakmcp.registration.RegistrationRule;
import dev.keycloakmcp.resource.provider.McpAttributes;
import dev.keycloakmcp.resource.provider.McpEventDetails;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.OPTIONS;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.common.util.Time;
import org.keycloak.events.EventType;
import org.keycloak.models.AdminRoles;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientRegistrationAccessTokenConstants;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.RepresentationToModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.services.Urls;
import org.keycloak.services.clientpolicy.ClientPolicyException;
import org.keycloak.services.clientpolicy.context.DynamicClientRegisterContext;
import org.keycloak.services.clientpolicy.context.DynamicClientRegisteredContext;
import org.keycloak.services.clientpolicy.context.DynamicClientUnregisterContext;
import org.keycloak.services.clientpolicy.context.DynamicClientUpdateContext;
import org.keycloak.services.clientpolicy.context.DynamicClientUpdatedContext;
import org.keycloak.services.clientpolicy.context.DynamicClientViewContext;
import org.keycloak.services.clientregistration.AbstractClientRegistrationProvider;
import org.keycloak.services.clientregistration.ClientRegistrationTokenUtils;
import org.keycloak.services.clientregistration.policy.RegistrationAuth;
import org.keycloak.services.cors.Cors;
import org.keycloak.services.managers.ClientManager;
import org.keycloak.services.managers.RealmManager;
import org.keycloak.urls.UrlType;
import org.keycloak.validation.ValidationUtil;

/**
 * Dynamic client registration (RFC 7591) and its management (RFC 7592) for MCP clients. The rules are those of the
 * realm's {@code mcp-client-registration} component and the realm's client policies; other registration policies have
 * no say.
 */
public final class McpClientRegistrationProvider extends AbstractClientRegistrationProvider {

    private static final String ALLOW = "allow";
    private static final String PROVENANCE = "dcr-";

    McpClientRegistrationProvider(KeycloakSession session) {
        super(session);
    }

    /** CORS preflight of registrations. */
    @OPTIONS
    public Response preflight() {
        requireConfigured();
        return Cors.builder()
                .auth()
                .preflight()
                .allowedMethods("GET", "POST", "PUT", "DELETE", "OPTIONS")
                .add(Response.ok());
    }

    /** CORS preflight of client management. */
    @OPTIONS
    @Path("{clientId}")
    public Response preflightClient() {
        return preflight();
    }

    /** Registers a client (RFC 7591 3). */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Response register(@Nullable String body) {
        RegistrationRefusal refusal = begin(EventType.CLIENT_REGISTER);
        RegistrationAuth kind = new RegistrationAccess(session, auth, refusal).requireCreate();
        RegistrationPolicy policy = policy(kind, refusal);
        Registration registration = refusal.valueOf(
                RegistrationBody.read(body).then(request -> rule(policy).decide(request)));
        ClientRepresentation wanted = refusal.valueOf(new ClientWriter(session).write(registration));
        wanted.getAttributes()
                .put(McpAttributes.REGISTRATION, PROVENANCE + kind.name().toLowerCase(Locale.ROOT));
        wanted.getAttributes().put(McpAttributes.REGISTERED_AT, Integer.toString(Time.currentTime()));
        ClientModel client = create(wanted, refusal);
        String token = ClientRegistrationTokenUtils.updateRegistrationAccessToken(session, client, kind, List.of());
        if (auth.isInitialAccessToken()) {
            session.realms().decreaseRemainingCount(session.getContext().getRealm(), auth.getInitialAccessModel());
        }
        succeed(client);
        return answer(Response.created(uri(client)), client, token);
    }

    /** Reads a client (RFC 7592 2.1). */
    @GET
    @Path("{clientId}")
    @Produces(MediaType.APPLICATION_JSON)
    public Response read(@PathParam("clientId") String clientId) {
        RegistrationRefusal refusal = begin(EventType.CLIENT_INFO);
        ClientModel client = new RegistrationAccess(session, auth, refusal)
                .requireClient(clientId, AdminRoles.MANAGE_CLIENTS, AdminRoles.VIEW_CLIENTS);
        policy(kindOf(client), refusal);
        applyClientPolicies(
                () -> session.clientPolicy()
                        .triggerOnEvent(
                                new DynamicClientViewContext(session, client, auth.getJwt(), client.getRealm())),
                refusal);
        succeed(client);
        return answer(
                Response.ok(),
                client,
                auth.isRegistrationAccessToken()
                        ? ClientRegistrationTokenUtils.updateTokenSignature(session, auth)
                        : null);
    }

    /** Replaces the metadata of a client (RFC 7592 2.2), by the rules of its registration. */
    @PUT
    @Path("{clientId}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Response update(@PathParam("clientId") String clientId, @Nullable String body) {
        RegistrationRefusal refusal = begin(EventType.CLIENT_UPDATE);
        ClientModel client =
                new RegistrationAccess(session, auth, refusal).requireClient(clientId, AdminRoles.MANAGE_CLIENTS);
        RegistrationPolicy policy = policy(kindOf(client), refusal);
        ClientMetadata request = refusal.valueOf(RegistrationBody.read(body));
        requireIdentity(client, request, refusal);
        Registration registration = refusal.valueOf(rule(policy).decide(request));
        ClientRepresentation wanted = refusal.valueOf(new ClientWriter(session).write(registration));
        wanted.setClientId(client.getClientId());
        session.setAttribute(ClientRegistrationAccessTokenConstants.ROTATION_ENABLED, true);
        change(client, wanted, refusal);
        String token = null;
        if (auth.isRegistrationAccessToken()) {
            boolean rotates =
                    Boolean.TRUE.equals(session.getAttribute(ClientRegistrationAccessTokenConstants.ROTATION_ENABLED));
            token = rotates
                    ? ClientRegistrationTokenUtils.updateRegistrationAccessToken(
                            session, client, auth.getRegistrationAuth(), List.of())
                    : ClientRegistrationTokenUtils.updateTokenSignature(session, auth);
        }
        succeed(client);
        return answer(Response.ok(), client, token);
    }

    /** Deletes a client and ends its sessions (RFC 7592 2.3). */
    @DELETE
    @Path("{clientId}")
    public Response remove(@PathParam("clientId") String clientId) {
        RegistrationRefusal refusal = begin(EventType.CLIENT_DELETE);
        ClientModel client =
                new RegistrationAccess(session, auth, refusal).requireClient(clientId, AdminRoles.MANAGE_CLIENTS);
        applyClientPolicies(
                () -> session.clientPolicy()
                        .triggerOnEvent(
                                new DynamicClientUnregisterContext(session, client, auth.getJwt(), client.getRealm())),
                refusal);
        succeed(client);
        new ClientManager(new RealmManager(session)).removeClient(client.getRealm(), client);
        return Response.noContent().build();
    }

    private RegistrationRefusal begin(EventType type) {
        requireConfigured();
        event.event(type);
        Cors.builder()
                .allowAllOrigins()
                .exposedHeaders(HttpHeaders.WWW_AUTHENTICATE)
                .add();
        return new RegistrationRefusal(event);
    }

    private void requireConfigured() {
        if (!RegistrationConfiguration.isPresent(session.getContext().getRealm())) {
            throw new NotFoundException("Client registration provider not found");
        }
    }

    private RegistrationPolicy policy(RegistrationAuth kind, RegistrationRefusal refusal) {
        return RegistrationConfiguration.of(session.getContext().getRealm(), kind)
                .orElseThrow(() -> kind == RegistrationAuth.ANONYMOUS
                        ? refusal.refuse(
                                ReasonCode.REGISTRATION_TOKEN_INVALID,
                                "anonymous registration is off; send an initial access token")
                        : refusal.refuse(ReasonCode.REGISTRATION_NOT_ALLOWED, "authenticated registration is off"))
                .policy();
    }

    private RegistrationRule rule(RegistrationPolicy policy) {
        RealmModel realm = session.getContext().getRealm();
        return new RegistrationRule(
                policy,
                AvailableScopes.of(
                        policy,
                        McpServerRegistry.of(session),
                        names(realm.getClientScopesStream()),
                        names(realm.getDefaultClientScopesStream(true))));
    }

    private static Set<String> names(Stream<ClientScopeModel> scopes) {
        return scopes.filter(scope -> OIDCLoginProtocol.LOGIN_PROTOCOL.equals(scope.getProtocol()))
                .map(ClientScopeModel::getName)
                .collect(Collectors.toSet());
    }

    private ClientModel create(ClientRepresentation wanted, RegistrationRefusal refusal) {
        RealmModel realm = session.getContext().getRealm();
        RegistrationRequest request = new RegistrationRequest(session, wanted, this);
        applyClientPolicies(
                () -> session.clientPolicy()
                        .triggerOnEvent(new DynamicClientRegisterContext(request, auth.getJwt(), realm)),
                refusal);
        ClientModel client = ClientManager.createClient(session, realm, wanted);
        session.getContext().setClient(client);
        applyClientPolicies(
                () -> session.clientPolicy()
                        .triggerOnEvent(new DynamicClientRegisteredContext(request, client, auth.getJwt(), realm)),
                refusal);
        validate(client, true, refusal);
        return client;
    }

    private void change(ClientModel client, ClientRepresentation wanted, RegistrationRefusal refusal) {
        RealmModel realm = client.getRealm();
        RegistrationRequest request = new RegistrationRequest(session, wanted, this);
        applyClientPolicies(
                () -> session.clientPolicy()
                        .triggerOnEvent(new DynamicClientUpdateContext(request, client, auth.getJwt(), realm)),
                refusal);
        RepresentationToModel.updateClient(wanted, client, session);
        RepresentationToModel.updateClientScopes(wanted, client);
        session.getContext().setClient(client);
        applyClientPolicies(
                () -> session.clientPolicy()
                        .triggerOnEvent(new DynamicClientUpdatedContext(session, client, auth.getJwt(), realm)),
                refusal);
        validate(client, false, refusal);
    }

    private void validate(ClientModel client, boolean created, RegistrationRefusal refusal) {
        ValidationUtil.validateClient(session, client, created, result -> {
            throw refusal.refuse(
                    result.fieldHasError("redirectUris")
                            ? ReasonCode.REDIRECT_URI_MALFORMED
                            : ReasonCode.METADATA_MALFORMED,
                    result.getAllErrorsAsString());
        });
    }

    /** RFC 7592 2.2: client_id, and client_secret where sent, are those of the client. */
    private static void requireIdentity(ClientModel client, ClientMetadata request, RegistrationRefusal refusal) {
        boolean anotherId = !client.getClientId().equals(request.clientId().orElse(null));
        boolean anotherSecret = request.clientSecret()
                .filter(secret -> !isSecretOf(client, secret))
                .isPresent();
        if (anotherId || anotherSecret) {
            throw refusal.refuse(
                    ReasonCode.CLIENT_IDENTITY_MISMATCH,
                    "client_id, and client_secret where sent, have to be those of the client");
        }
    }

    private static boolean isSecretOf(ClientModel client, String secret) {
        return client.getSecret() != null
                && MessageDigest.isEqual(
                        client.getSecret().getBytes(StandardCharsets.UTF_8), secret.getBytes(StandardCharsets.UTF_8));
    }

    private interface ClientPolicies {
        void apply() throws ClientPolicyException;
    }

    private static void applyClientPolicies(ClientPolicies policies, RegistrationRefusal refusal) {
        try {
            policies.apply();
        } catch (ClientPolicyException e) {
            throw refusal.refuse(ReasonCode.CLIENT_POLICY_REFUSED, e.getError(), e.getErrorDetail());
        }
    }

    private static RegistrationAuth kindOf(ClientModel client) {
        return (PROVENANCE + RegistrationAuth.ANONYMOUS.name().toLowerCase(Locale.ROOT))
                        .equals(client.getAttribute(McpAttributes.REGISTRATION))
                ? RegistrationAuth.ANONYMOUS
                : RegistrationAuth.AUTHENTICATED;
    }

    private void succeed(ClientModel client) {
        event.client(client.getClientId())
                .detail(McpEventDetails.DECISION, ALLOW)
                .detail(McpEventDetails.REASON, ReasonCode.OK.code())
                .success();
    }

    private Response answer(Response.ResponseBuilder response, ClientModel client, @Nullable String token) {
        Map<String, Object> members = new ClientReader(session).read(client, uri(client));
        if (token != null) {
            members.put("registration_access_token", token);
        }
        return response.entity(members)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }

    private URI uri(ClientModel client) {
        return Urls.clientRegistration(
                session.getContext().getUri(UrlType.BACKEND).getBaseUri(),
                client.getRealm().getName(),
                McpClientRegistrationProviderFactory.PROVIDER_ID,
                client.getClientId());
    }
}
