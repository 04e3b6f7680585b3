package dev.keycloakmcp.fetch.provider;

import dev.keycloakmcp.fetch.FetchFailure;
import dev.keycloakmcp.fetch.FetchLimits;
import dev.keycloakmcp.fetch.Fetched;
import dev.keycloakmcp.fetch.Freshness;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.http.Header;
import org.apache.http.HttpEntity;
import org.apache.http.HttpHeaders;
import org.apache.http.HttpResponse;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.conn.ConnectionPoolTimeoutException;
import org.apache.http.impl.client.CloseableHttpClient;
import org.jspecify.annotations.Nullable;

/** Sends a request and reads its answer, as much of it as is taken. */
final class AnswerReader {

    private final FetchLimits limits;

    AnswerReader(FetchLimits limits) {
        this.limits = limits;
    }

    Fetched read(CloseableHttpClient client, HttpGet request) {
        try (CloseableHttpResponse response = client.execute(request)) {
            return read(request, response);
        } catch (GuardedResolver.AddressNotAllowedException e) {
            return Fetched.failed(FetchFailure.ADDRESS_NOT_ALLOWED, String.valueOf(e.getMessage()));
        } catch (ConnectionPoolTimeoutException e) {
            return Fetched.failed(FetchFailure.BUSY, "other requests to the host are under way");
        } catch (InterruptedIOException e) {
            return Fetched.failed(FetchFailure.TIMED_OUT, e.toString());
        } catch (IOException e) {
            return Fetched.failed(FetchFailure.NOT_CONNECTED, e.toString());
        }
    }

    private Fetched read(HttpGet request, HttpResponse response) throws IOException {
        @Nullable HttpEntity body = response.getEntity();
        Optional<Fetched> problem = limits.answers()
                .problem(
                        response.getStatusLine().getStatusCode(),
                        contentType(response),
                        body == null ? 0 : body.getContentLength());
        if (problem.isPresent()) {
            request.abort(); // or closing would read the rest
            return problem.get();
        }
        byte[] bytes = body == null ? new byte[0] : firstBytes(body);
        request.abort();
        if (bytes.length > limits.maxBytes()) {
            return limits.answers().tooLarge();
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return new Fetched.Text(text, limits.freshness().seconds(headers(response)));
        } catch (CharacterCodingException e) {
            return Fetched.failed(FetchFailure.NOT_JSON, "not UTF-8");
        }
    }

    /** Of a body that is longer than is taken, one byte more than that. */
    private byte[] firstBytes(HttpEntity body) throws IOException {
        @Nullable InputStream content = body.getContent();
        return content == null ? new byte[0] : content.readNBytes(limits.maxBytes() + 1);
    }

    /** Several are none that could be meant. */
    private static @Nullable String contentType(HttpResponse response) {
        List<String> values = values(response, HttpHeaders.CONTENT_TYPE);
        return values.size() == 1 ? values.get(0) : null;
    }

    private static Freshness.Headers headers(HttpResponse response) {
        return new Freshness.Headers(
                values(response, HttpHeaders.CACHE_CONTROL),
                values(response, HttpHeaders.EXPIRES),
                values(response, HttpHeaders.DATE),
                values(response, HttpHeaders.AGE));
    }

    private static List<String> values(HttpResponse response, String name) {
        return Arrays.stream(response.getHeaders(name)).map(Header::getValue).toList();
    }
}
