package dev.keycloakmcp.itest.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.itest.demo.Scripts;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The commands of the page, as they stand there. */
final class StoryPage {

    static final String PAGE = "docs/operate/roll-out-story.md";

    private static final Pattern NAME = Pattern.compile("`([^`]+)`");

    /** What came of one block of commands. */
    record Said(int status, String output) {

        JsonNode json() {
            try {
                return new ObjectMapper().readTree(output.substring(output.indexOf('[')));
            } catch (IOException e) {
                throw new UncheckedIOException(output, e);
            }
        }
    }

    private final String page;
    private final KeycloakServer server;
    private final Path folder;

    private StoryPage(String page, KeycloakServer server, Path folder) {
        this.page = page;
        this.server = server;
        this.folder = folder;
    }

    static StoryPage of(KeycloakServer server, Path folder) {
        try {
            StoryPage story = new StoryPage(Files.readString(Workspace.root().resolve(PAGE)), server, folder);
            Said signedIn = story.shell(
                    "kcadm.sh config credentials --server " + server.baseUri() + " --realm master --user "
                            + server.adminUsername() + " --password " + server.adminPassword(),
                    Map.of());
            assertThat(signedIn.status()).as(signedIn.output()).isZero();
            return story;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs the commands below a heading, block by block; each block has to succeed. */
    List<Said> run(String heading, Map<String, String> variables) {
        List<Said> said =
                blocks(heading).stream().map(block -> shell(block, variables)).toList();
        assertThat(said).as(heading).isNotEmpty().allSatisfy(each -> assertThat(each.status())
                .as(each.output())
                .isZero());
        return said;
    }

    List<String> blocks(String heading) {
        List<String> blocks = new ArrayList<>();
        StringBuilder block = null;
        for (String line : section(heading).split("\n")) {
            if (line.equals("```sh")) {
                block = new StringBuilder();
            } else if (line.equals("```") && block != null) {
                blocks.add(block.toString());
                block = null;
            } else if (block != null) {
                block.append(line).append('\n');
            }
        }
        return blocks;
    }

    /** The names in the first column of the table below a heading. */
    Set<String> listed(String heading) {
        return section(heading)
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.substring(1, line.indexOf('|', 1)))
                .flatMap(cell -> NAME.matcher(cell).results())
                .map(name -> name.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private String section(String heading) {
        int from = page.indexOf("\n## " + heading + "\n");
        assertThat(from).as("the heading " + heading).isNotNegative();
        int to = page.indexOf("\n## ", from + 1);
        return page.substring(from, to < 0 ? page.length() : to);
    }

    Said shell(String commands, Map<String, String> variables) {
        Path kcadm = Scripts.kcadm(server);
        ProcessBuilder builder = new ProcessBuilder("bash", "-eu", "-c", commands)
                .directory(Workspace.root().toFile())
                .redirectErrorStream(true);
        builder.environment().putAll(variables);
        builder.environment().put("PATH", kcadm.getParent() + ":" + System.getenv("PATH"));
        builder.environment().put("KCADM", kcadm.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        // Where kcadm.sh keeps who is signed in.
        builder.environment().put("KC_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Duser.home=" + folder);
        builder.environment().put("HOME", folder.toString());
        try {
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            return new Said(process.exitValue(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
