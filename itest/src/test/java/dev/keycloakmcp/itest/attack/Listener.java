package dev.keycloakmcp.itest.attack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/** A port of the loopback interface that counts who connects, and answers nobody. */
final class Listener implements AutoCloseable {

    private final ServerSocket socket;
    private final AtomicInteger connections = new AtomicInteger();

    Listener() {
        try {
            socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread accepting = new Thread(this::accept, "listener");
        accepting.setDaemon(true);
        accepting.start();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                socket.accept().close();
                connections.incrementAndGet();
            } catch (IOException e) {
                return;
            }
        }
    }

    /** An address there. */
    String uri(String scheme, String path) {
        return scheme + "://127.0.0.1:" + socket.getLocalPort() + path;
    }

    /** Its port, as text. */
    String port() {
        return String.valueOf(socket.getLocalPort());
    }

    /** How often somebody connected. */
    int connections() {
        return connections.get();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
