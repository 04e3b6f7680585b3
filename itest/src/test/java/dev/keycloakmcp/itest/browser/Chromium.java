package dev.keycloakmcp.itest.browser;

import com.ruiyun.jvppeteer.cdp.core.Puppeteer;
import com.ruiyun.jvppeteer.cdp.entities.LaunchOptions;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A running, headless Chromium. */
final class Chromium implements AutoCloseable {

    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

    private final com.ruiyun.jvppeteer.api.core.Browser process;

    private Chromium(com.ruiyun.jvppeteer.api.core.Browser process) {
        this.process = process;
    }

    static Optional<Path> installed() {
        Optional<Path> named = Stream.of(System.getProperty("chromium"), System.getenv("CHROMIUM"))
                .filter(name -> name != null && !name.isEmpty())
                .map(Path::of)
                .findFirst();
        if (named.isPresent()) {
            return named.filter(Files::isExecutable);
        }
        List<String> folders = Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(System.getenv("PATH"))
                .toList();
        return NAMES.stream()
                .flatMap(name -> folders.stream().map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Chromium start() {
        try {
            return new Chromium(Puppeteer.launch(LaunchOptions.builder()
                    .executablePath(installed().orElseThrow().toString())
                    .headless(true)
                    .args(List.of(
                            // Containers give neither user namespaces nor a large /dev/shm.
                            "--no-sandbox",
                            "--disable-dev-shm-usage",
                            "--disable-gpu",
                            "--hide-scrollbars",
                            "--lang=en-GB",
                            // A page that was left keeps its streams open here, of which a host gets six: MCP
                            // Inspector's page opens two, so that after the third sign-in nothing would get through.
                            "--disable-back-forward-cache",
                            // Nothing of the test goes to the internet.
                            "--disable-background-networking",
                            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1"))
                    .build()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Browser open() {
        return new Browser(process.createBrowserContext());
    }

    @Override
    public void close() throws Exception {
        process.close();
    }
}
