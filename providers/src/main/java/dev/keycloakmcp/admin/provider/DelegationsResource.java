package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.audit.AuditField;
import dev.keycloakmcp.audit.AuditFilter;
import dev.keycloakmcp.audit.AuditRow;
import dev.keycloakmcp.audit.ExportFormat;
import dev.keycloakmcp.audit.Grouping;
import dev.keycloakmcp.audit.RowDocument;
import dev.keycloakmcp.audit.RowId;
import dev.keycloakmcp.audit.provider.AuditCounts;
import dev.keycloakmcp.audit.provider.AuditExport;
import dev.keycloakmcp.audit.provider.AuditTrail;
import dev.keycloakmcp.audit.provider.TokenChains;
import dev.keycloakmcp.support.StoredText;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;
import org.keycloak.urls.UrlType;

/** Who acted for whom, on what, when: the audit trail of the realm. */
public class DelegationsResource {

    static final String FROM = "from";
    static final String TO = "to";
    static final String CURSOR = "cursor";
    static final String BY = "by";
    static final String FORMAT = "format";

    private final KeycloakSession session;
    private final RealmModel realm;
    private final AdminPermissionEvaluator auth;

    DelegationsResource(KeycloakSession session, RealmModel realm, AdminPermissionEvaluator auth) {
        this.session = session;
        this.realm = realm;
        this.auth = auth;
    }

    /** A page of rows, newest first. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Response page() {
        QueryParameters parameters = parameters(CURSOR, QueryParameters.FIRST, QueryParameters.MAX);
        AuditFilter filter = filter(parameters);
        int max = parameters.max();
        List<AuditRow> rows = new AuditTrail(session, realm)
                .page(filter, parameters.valid(CURSOR, RowId::isValid), parameters.first(), max + 1);
        Response.ResponseBuilder response =
                Response.ok(rows.stream().limit(max).map(RowDocument::json).toList());
        if (rows.size() > max) {
            parameters.linkNext(response, CURSOR, rows.get(max - 1).id());
        }
        return response.build();
    }

    /** Counts rows by actor, subject, resource, or all of them. */
    @GET
    @Path("summary")
    @Produces(MediaType.APPLICATION_JSON)
    public Response summary() {
        QueryParameters parameters = parameters(BY, QueryParameters.MAX);
        AuditFilter filter = filter(parameters);
        int max = parameters.max();
        Grouping by = parameters
                .text(BY)
                .flatMap(Grouping::of)
                .orElseThrow(() -> parameters.invalid(
                        BY,
                        "must be one of "
                                + String.join(
                                        ", ",
                                        Arrays.stream(Grouping.values())
                                                .map(Grouping::value)
                                                .toList())));
        AuditCounts counts = new AuditCounts(new AuditTrail(session, realm));
        return Response.ok(
                        by == Grouping.FLOW
                                ? counts.flows(filter, max).stream()
                                        .map(DelegationsResource::json)
                                        .toList()
                                : counts.summary(by, filter, max).stream()
                                        .map(count -> json(by, count))
                                        .toList())
                .build();
    }

    /** What a token came from and what came of it, oldest first. */
    @GET
    @Path("{jti}/chain")
    @Produces(MediaType.APPLICATION_JSON)
    public Response chain(@PathParam("jti") String tokenId) {
        auth.realm().requireViewEvents();
        QueryParameters parameters = new QueryParameters(session, Set.of(QueryParameters.MAX));
        TokenChains.Chain chain = new TokenChains(new AuditTrail(session, realm))
                .chain(StoredText.fit(tokenId, tokenId.length()), parameters.max());
        List<AuditRow> rows = chain.rows();
        if (rows.isEmpty()) {
            throw new NotFoundException("No token of that id was issued");
        }
        Response.ResponseBuilder response =
                Response.ok(rows.stream().map(RowDocument::json).toList());
        if (chain.hasEarlier()) {
            rows.get(0).tokenId().ifPresent(oldest -> link(response, oldest, "prev"));
        }
        if (chain.hasLater()) {
            rows.get(rows.size() - 1).tokenId().ifPresent(newest -> link(response, newest, "next"));
        }
        return response.build();
    }

    private void link(Response.ResponseBuilder response, String tokenId, String relation) {
        response.link(
                session.getContext()
                        .getUri(UrlType.ADMIN)
                        .getBaseUriBuilder()
                        .path("admin/realms/{realm}/mcp/delegations/{jti}/chain")
                        .build(realm.getName(), tokenId),
                relation);
    }

    /** All rows that meet the filter, newest first, however many. */
    @GET
    @Path("export")
    public Response export() {
        QueryParameters parameters = parameters(FORMAT);
        AuditFilter filter = filter(parameters);
        ExportFormat format = parameters
                .text(FORMAT)
                .flatMap(ExportFormat::of)
                .orElseThrow(() -> parameters.invalid(FORMAT, "must be jsonl or csv"));
        StreamingOutput rows =
                new AuditExport(session.getKeycloakSessionFactory(), realm.getId(), filter, format)::write;
        return Response.ok(rows)
                .type(format.mediaType())
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"delegations." + format.value() + '"')
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }

    private QueryParameters parameters(String... further) {
        auth.realm().requireViewEvents();
        Set<String> known = new HashSet<>(Set.of(further));
        Arrays.stream(AuditField.values()).map(AuditField::parameter).forEach(known::add);
        known.add(FROM);
        known.add(TO);
        return new QueryParameters(session, known);
    }

    private static AuditFilter filter(QueryParameters parameters) {
        Map<AuditField, String> values = new EnumMap<>(AuditField.class);
        for (AuditField field : AuditField.values()) {
            parameters.text(field.parameter()).ifPresent(value -> {
                field.problem(value).ifPresent(problem -> {
                    throw parameters.invalid(field.parameter(), problem);
                });
                values.put(field, value);
            });
        }
        return new AuditFilter(
                values,
                parameters.time(FROM, false).map(OptionalLong::of).orElseGet(OptionalLong::empty),
                parameters.time(TO, true).map(OptionalLong::of).orElseGet(OptionalLong::empty));
    }

    private static Map<String, Object> json(Grouping by, AuditCounts.Count count) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("key", count.key());
        if (by == Grouping.SUBJECT) {
            count.newest()
                    .subject()
                    .flatMap(AuditRow.Subject::username)
                    .ifPresent(username -> members.put("name", username));
        }
        members.put("count", count.count());
        members.put("first", RowDocument.time(count.first()));
        members.put("last", RowDocument.time(count.last()));
        return members;
    }

    private static Map<String, Object> json(AuditCounts.Flow flow) {
        AuditRow newest = flow.newest();
        Map<String, Object> members = new LinkedHashMap<>();
        newest.subject().ifPresent(subject -> members.put("subject", RowDocument.json(subject)));
        if (!newest.actors().isEmpty()) {
            members.put("actors", newest.actors());
        }
        newest.client().ifPresent(client -> members.put("client_id", client));
        newest.resource().ifPresent(resource -> members.put("resource", resource));
        members.put("count", flow.count());
        members.put("last", RowDocument.time(newest.time()));
        return members;
    }
}
