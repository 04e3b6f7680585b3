package dev.keycloakmcp.fetch.provider;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;

/** A server on this computer that answers every request with bytes as they are given, well formed or not. */
final class RawServer implements AutoCloseable {

    /** Writes an answer. */
    interface Answer {
        void write(OutputStream to) throws IOException, InterruptedException;
    }

    private final ServerSocket socket;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    private RawServer(ServerSocket socket, Answer answer) {
        this.socket = socket;
        threads.submit(() -> {
            while (!socket.isClosed()) {
                Socket connection = socket.accept();
                threads.submit(() -> serve(connection, answer));
            }
            return null;
        });
    }

    static RawServer answering(Answer answer) {
        try {
            return new RawServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static RawServer answering(String answer) {
        return answering(to -> to.write(answer.getBytes(StandardCharsets.UTF_8)));
    }

    static RawServer https(SSLContext keys, String body) throws IOException {
        return new RawServer(
                keys.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
                to -> to.write((head("200 OK") + "\r\n" + body).getBytes(StandardCharsets.UTF_8)));
    }

    static RawServer json(String body, String... headers) {
        return answering(head("200 OK", headers) + "\r\n" + body);
    }

    /** Status and headers of a JSON answer, without the empty line. */
    static String head(String status, String... headers) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return head.toString();
    }

    static byte[] zipped(int zeros) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(" ".repeat(zeros).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    URI url(String host) {
        return URI.create("http://" + host + ":" + socket.getLocalPort() + "/client.json");
    }

    int port() {
        return socket.getLocalPort();
    }

    /** The requests that came, each with its headers. */
    List<String> requests() {
        return requests;
    }

    private Void serve(Socket connection, Answer answer) throws IOException, InterruptedException {
        try (connection) {
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
            StringBuilder request = new StringBuilder();
            for (String line = reader.readLine(); line != null && !line.isEmpty(); line = reader.readLine()) {
                request.append(line).append('\n');
            }
            if (request.isEmpty()) {
                return null; // who does not trust the server hangs up
            }
            requests.add(request.toString());
            answer.write(connection.getOutputStream());
            connection.getOutputStream().flush();
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        socket.close();
        threads.shutdownNow();
    }
}
