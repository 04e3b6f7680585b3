#!/usr/bin/env bash
# Says whether this extension fits a Keycloak, before you start or upgrade it: every class, method and field that the jar
# needs of Keycloak and of its libraries is looked for in the jars of that Keycloak, and every method of Keycloak that
# the jar overrides. Nothing is started and nothing is changed.
#
# The first line is the answer; it ends with 0 if the jar fits, with 1 if not, and with 2 if that cannot be told: no
# Keycloak in KEYCLOAK_HOME, no jar, no Java.
# A jar that fits can still behave otherwise: docs/operate/compatibility.md says which versions are tested.
# Needs bash, this script, the jar, and a Java that runs Keycloak (a JRE will do). ASM, which reads the classes, is taken
# from that Keycloak.
#
#   usage: kc-check.sh KEYCLOAK_HOME [jar ...]
#   jar: further jars of Keycloak, used in place of its own, such as a patched keycloak-services
#   MCP_JAR: the jar to check; default the one in KEYCLOAK_HOME/providers, else the one beside this script or built here
#   JAVA: the java to use; default $JAVA_HOME/bin/java, else the one on the PATH
set -euo pipefail
folder=$(dirname "${BASH_SOURCE[0]}")

# untold MESSAGE: for want of an answer.
untold() {
  echo "kc-check.sh: $1" >&2
  exit 2
}

home=${1:-}
[[ -n $home && -d $home/lib/lib ]] || untold "usage: kc-check.sh KEYCLOAK_HOME [jar ...]: the folder of a Keycloak, with lib/lib in it"

name=keycloak-mcp-providers
jar=${MCP_JAR:-}
for place in "$home/providers" "$folder" "$folder/../providers/target"; do
  for candidate in "$place/$name.jar" "$place/$name"-[0-9]*.jar; do
    [[ -n $jar || ! -f $candidate || $candidate == *-sources.jar || $candidate == *-javadoc.jar ]] || jar=$candidate
  done
done
[[ -f $jar ]] || untold "no $name jar found${jar:+ at $jar}; name it with MCP_JAR"

# The class path ends at the reader of classes: nothing of Keycloak runs.
libraries=("$home"/lib/lib/*/org.ow2.asm.asm-[0-9]*.jar "$home"/lib/lib/*/org.ow2.asm.asm-tree-[0-9]*.jar)
for library in "${libraries[@]}"; do
  [[ -f $library ]] || untold "no ASM in $home/lib/lib, which reads the classes"
done
path=$(IFS=:; echo "${libraries[*]}")

java=${JAVA:-${JAVA_HOME:+$JAVA_HOME/bin/}java}
command -v "$java" > /dev/null || untold "no Java found at $java; set JAVA_HOME"

status=0
answer=$("$java" -cp "$jar:$path" dev.keycloakmcp.linkage.provider.KcCheck "$@" 2>&1) || status=$?
# A Java that fails ends with 1 as well.
[[ $status -eq 0 || $status -eq 1 && $answer == "Keycloak MCP Policies "* ]] \
  || untold "$jar cannot check anything: $answer"
printf '%s\n' "$answer"
exit "$status"
