package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.audit.AuditFilter;
import dev.keycloakmcp.audit.AuditRow;
import dev.keycloakmcp.audit.ExportFormat;
import dev.keycloakmcp.audit.Grouping;
import dev.keycloakmcp.audit.RowDocument;
import dev.keycloakmcp.audit.RowId;
import dev.keycloakmcp.audit.provider.AuditCounts;
import dev.keycloakmcp.audit.provider.AuditExport;
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
import java.util.List;
import java.util.Optional;
import org.keycloak.urls.UrlType;

/** The audit trail of the realm: who acted for whom, on what, when. */
public class DelegationsResource {

    static final String CURSOR = "cursor";
    static final String BY = "by";
    static final String FORMAT = "format";

    private final AdminRequest request;
    private final AuditQuestions questions;

    DelegationsResource(AdminRequest request) {
        this.request = request;
        this.questions = new AuditQuestions(request.session(), request.realm());
    }

    /** A page of rows, newest first. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Response page() {
        QueryParameters parameters = parameters(CURSOR, QueryParameters.FIRST, QueryParameters.MAX);
        AuditFilter filter = AuditParameters.filter(parameters);
        int max = parameters.max();
        Optional<String> before = parameters.valid(CURSOR, RowId::isValid);
        int first = parameters.first();
        List<AuditRow> rows = questions.askTrail(trail -> trail.page(filter, before, first, max + 1));
        Response.ResponseBuilder response =
                Response.ok(rows.stream().limit(max).map(RowDocument::json).toList());
        if (rows.size() > max) {
            parameters.linkNext(response, CURSOR, rows.get(max - 1).id());
        }
        return response.build();
    }

    /** Counts tokens, or the rows that the filter names, by actor, subject, resource, or all of them. */
    @GET
    @Path("summary")
    @Produces(MediaType.APPLICATION_JSON)
    public Response summary() {
        QueryParameters parameters = parameters(BY, QueryParameters.MAX);
        AuditFilter filter = AuditParameters.filter(parameters).ofTokens();
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
        return Response.ok(
                        by == Grouping.FLOW
                                ? questions.askTrail(trail -> new AuditCounts(trail).flows(filter, max)).stream()
                                        .map(flow -> SummaryDocument.json(flow, filter))
                                        .toList()
                                : questions.askTrail(trail -> new AuditCounts(trail).summary(by, filter, max)).stream()
                                        .map(count -> SummaryDocument.json(by, count, filter))
                                        .toList())
                .build();
    }

    /** The rows of the tokens that a token came from and of those that came of it, oldest first. */
    @GET
    @Path("{jti}/chain")
    @Produces(MediaType.APPLICATION_JSON)
    public Response chain(@PathParam("jti") String tokenId) {
        request.auth().realm().requireViewEvents();
        QueryParameters parameters = request.parameters(QueryParameters.MAX);
        int max = parameters.max();
        TokenChains.Chain chain = questions.askTrail(
                trail -> new TokenChains(trail).chain(StoredText.fit(tokenId, tokenId.length()), max));
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
                request.session()
                        .getContext()
                        .getUri(UrlType.ADMIN)
                        .getBaseUriBuilder()
                        .path("admin/realms/{realm}/mcp/delegations/{jti}/chain")
                        .build(request.realm().getName(), tokenId),
                relation);
    }

    /** All rows that meet the filter, newest first, however many. */
    @GET
    @Path("export")
    public Response export() {
        QueryParameters parameters = parameters(FORMAT);
        AuditFilter filter = AuditParameters.filter(parameters);
        ExportFormat format = parameters
                .text(FORMAT)
                .flatMap(ExportFormat::of)
                .orElseThrow(() -> parameters.invalid(FORMAT, "must be jsonl or csv"));
        questions.askTrail(trail -> trail);
        StreamingOutput rows = new AuditExport(
                request.session().getKeycloakSessionFactory(), request.realm().getId(), filter, format)::write;
        return Response.ok(rows)
                .type(format.mediaType())
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"delegations." + format.value() + '"')
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }

    private QueryParameters parameters(String... further) {
        request.auth().realm().requireViewEvents();
        return AuditParameters.of(request, further);
    }
}
