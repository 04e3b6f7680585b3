import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Finds suspended clients among those that kcadm.sh gets, and prints a line for each: its id, a tab, its client id. It is for
 * remove.sh, where the server does not have the extension any more.
 *
 * <p>Disabled ones are left out, as they cannot go on, unless their suspension is to end as well ({@code release}).
 */
class SuspendedClients {

    public static void main(String[] arguments) throws IOException {
        boolean release = arguments.length > 1 && arguments[1].equals("release");
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (JsonNode client : new ObjectMapper().readTree(new File(arguments[0]))) {
            if (client.path("attributes").has("mcp.suspended")
                    && (release || client.path("enabled").asBoolean())) {
                out.println(client.path("id").asText() + "\t"
                        + client.path("clientId").asText().replaceAll("\\p{Cntrl}", " "));
            }
        }
    }
}
