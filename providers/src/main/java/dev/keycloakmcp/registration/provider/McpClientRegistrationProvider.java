package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.McpEventDetails;
import dev.keycloakmcp.policy.provider.McpSuspension;
import dev.keycloakmcp.registration.ClientMetadata;
import dev.keycloakmcp.registration.RedirectUri;
import dev.keycloakmcp.registration.Registration;
import dev.keycloakmcp.registration.RegistrationLimits;
import dev.keycloakmcp.registration.RegistrationPolicy;
import dev.keycloakmcp.registration.RegistrationRule;
import dev.keycloakmcp.resource.McpAttributes;
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
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.keycloak.common.util.Time;
import org.keycloak.events.EventType;
import org.keycloak.models.AdminRoles;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientRegistrationAccessTokenConstants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.RepresentationToModel;
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
    private static final String REGISTRATION_ACCESS_TOKEN = "registration_access_token";

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
        RegistrationConfiguration configuration = configuration(kind, refusal);
        Registration registration = refusal.valueOf(RegistrationBody.read(body)
                .then(request -> rule(configuration.policy()).decide(request)));
        ClientRepresentation wanted = refusal.valueOf(new ClientWriter(session).write(registration));
        RegistrationLimits limits = configuration.limits();
        IdenticalRegistration.Place place =
                limits.reuseIdentical() && registration.authMethod().isPublic()
                        ? new IdenticalRegistration(session, realm()).find(registration, wanted, kind, refusal)
                        : IdenticalRegistration.Place.anywhere();
        if (place.existing().isPresent()) {
            return reuse(place.existing().get(), registration);
        }
        RegistrationThrottle throttle = new RegistrationThrottle(session, realm(), limits);
        throttle.countSource(kind, refusal);
        throttle.makeRoom(refusal);
        wanted.setClientId(place.clientId());
        wanted.getAttributes().put(McpAttributes.REGISTRATION, Provenance.value(kind));
        wanted.getAttributes().put(McpAttributes.REGISTERED_AT, Integer.toString(Time.currentTime()));
        ClientModel client = create(wanted, refusal);
        String token = ClientRegistrationTokenUtils.updateRegistrationAccessToken(session, client, kind, List.of());
        useUpInitialAccessToken();
        succeed(client, ReasonCode.OK);
        RegistrationMetrics.count(realm().getName(), RegistrationMetrics.REGISTERED, ReasonCode.OK.code());
        Map<String, Object> members = describe(client);
        members.put(REGISTRATION_ACCESS_TOKEN, token);
        return answer(Response.created(uri(client)), members);
    }

    /** From here on the client has several owners: nobody may change it. */
    private Response reuse(ClientModel client, Registration registration) {
        if (client.getRegistrationToken() != null) {
            client.setRegistrationToken(null);
        }
        useUpInitialAccessToken();
        succeed(client, ReasonCode.REUSED);
        RegistrationMetrics.count(realm().getName(), RegistrationMetrics.REUSED, ReasonCode.REUSED.code());
        Map<String, Object> members = describe(client);
        members.put(
                ClientReader.REDIRECT_URIS,
                registration.redirectUris().stream()
                        .map(RedirectUri::registered)
                        .toList());
        return answer(Response.created(uri(client)), members);
    }

    private void useUpInitialAccessToken() {
        if (auth.isInitialAccessToken()) {
            session.realms().decreaseRemainingCount(realm(), auth.getInitialAccessModel());
        }
    }

    /** Reads a client (RFC 7592 2.1). */
    @GET
    @Path("{clientId}")
    @Produces(MediaType.APPLICATION_JSON)
    public Response read(@PathParam("clientId") String clientId) {
        RegistrationRefusal refusal = begin(EventType.CLIENT_INFO);
        ClientModel client = new RegistrationAccess(session, auth, refusal)
                .requireClient(clientId, AdminRoles.MANAGE_CLIENTS, AdminRoles.VIEW_CLIENTS);
        configuration(kindOf(client), refusal);
        applyClientPolicies(
                () -> session.clientPolicy()
                        .triggerOnEvent(
                                new DynamicClientViewContext(session, client, auth.getJwt(), client.getRealm())),
                refusal);
        succeed(client, ReasonCode.OK);
        Map<String, Object> members = describe(client);
        if (auth.isRegistrationAccessToken()) {
            members.put(REGISTRATION_ACCESS_TOKEN, ClientRegistrationTokenUtils.updateTokenSignature(session, auth));
        }
        return answer(Response.ok(), members);
    }

    /** Replaces the metadata of a client (RFC 7592 2.2), by the rules of its registration. */
    @PUT
    @Path("{clientId}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Response update(@PathParam("clientId") String clientId, @Nullable String body) {
        RegistrationRefusal refusal = begin(EventType.CLIENT_UPDATE);
        ClientModel client = new RegistrationAccess(session, auth, refusal).requireClientToChange(clientId);
        requireNotSuspended(client, refusal);
        RegistrationPolicy policy = configuration(kindOf(client), refusal).policy();
        ClientMetadata request = refusal.valueOf(RegistrationBody.read(body));
        requireIdentity(client, request, refusal);
        Registration registration = refusal.valueOf(rule(policy).decide(request));
        ClientRepresentation wanted = refusal.valueOf(new ClientWriter(session).write(registration));
        wanted.setClientId(client.getClientId());
        session.setAttribute(ClientRegistrationAccessTokenConstants.ROTATION_ENABLED, true);
        change(client, wanted, refusal);
        Map<String, Object> members = describe(client);
        if (auth.isRegistrationAccessToken()) {
            boolean rotates =
                    Boolean.TRUE.equals(session.getAttribute(ClientRegistrationAccessTokenConstants.ROTATION_ENABLED));
            members.put(
                    REGISTRATION_ACCESS_TOKEN,
                    rotates
                            ? ClientRegistrationTokenUtils.updateRegistrationAccessToken(
                                    session, client, auth.getRegistrationAuth(), List.of())
                            : ClientRegistrationTokenUtils.updateTokenSignature(session, auth));
        }
        succeed(client, ReasonCode.OK);
        return answer(Response.ok(), members);
    }

    /** Deletes a client and ends its sessions (RFC 7592 2.3). */
    @DELETE
    @Path("{clientId}")
    public Response remove(@PathParam("clientId") String clientId) {
        RegistrationRefusal refusal = begin(EventType.CLIENT_DELETE);
        ClientModel client = new RegistrationAccess(session, auth, refusal).requireClientToChange(clientId);
        requireNotSuspended(client, refusal);
        applyClientPolicies(
                () -> session.clientPolicy()
                        .triggerOnEvent(
                                new DynamicClientUnregisterContext(session, client, auth.getJwt(), client.getRealm())),
                refusal);
        succeed(client, ReasonCode.OK);
        new ClientManager(new RealmManager(session)).removeClient(client.getRealm(), client);
        return Response.noContent().build();
    }

    private RegistrationRefusal begin(EventType type) {
        requireConfigured();
        event.event(type);
        Cors.builder()
                .allowAllOrigins()
                .exposedHeaders(HttpHeaders.WWW_AUTHENTICATE, HttpHeaders.RETRY_AFTER)
                .add();
        return new RegistrationRefusal(event, realm());
    }

    private void requireConfigured() {
        if (!RegistrationConfiguration.isPresent(realm())) {
            throw new NotFoundException("Client registration provider not found");
        }
    }

    private RegistrationConfiguration configuration(RegistrationAuth kind, RegistrationRefusal refusal) {
        return RegistrationConfiguration.of(realm(), kind)
                .orElseThrow(() -> kind == RegistrationAuth.ANONYMOUS
                        ? refusal.refuse(
                                ReasonCode.REGISTRATION_TOKEN_INVALID,
                                "anonymous registration is off; send an initial access token")
                        : refusal.refuse(ReasonCode.REGISTRATION_NOT_ALLOWED, "authenticated registration is off"));
    }

    private RegistrationRule rule(RegistrationPolicy policy) {
        return new RegistrationRule(policy, new RegisteredClientScopes(session, realm()).of(policy));
    }

    private RealmModel realm() {
        return session.getContext().getRealm();
    }

    private ClientModel create(ClientRepresentation wanted, RegistrationRefusal refusal) {
        RealmModel realm = realm();
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

    /** A suspended client cannot end its suspension by becoming another, or none; administrators may do with it as they like. */
    private void requireNotSuspended(ClientModel client, RegistrationRefusal refusal) {
        if (auth.isRegistrationAccessToken() && McpSuspension.isSuspended(session, client)) {
            throw refusal.refuse(ReasonCode.CLIENT_SUSPENDED, "the client is suspended");
        }
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
        return Provenance.of(client).orElse(RegistrationAuth.ANONYMOUS);
    }

    private void succeed(ClientModel client, ReasonCode reason) {
        event.client(client.getClientId())
                .detail(McpEventDetails.DECISION, ALLOW)
                .detail(McpEventDetails.REASON, reason.code())
                .success();
    }

    private Map<String, Object> describe(ClientModel client) {
        return new ClientReader(session).read(client, uri(client));
    }

    private static Response answer(Response.ResponseBuilder response, Map<String, Object> members) {
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
