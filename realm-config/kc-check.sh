#!/usr/bin/env bash
# Says whether this extension fits a Keycloak, before you start or upgrade it: every class, method and field that the jar
# needs of Keycloak and of its libraries is looked for in the jars of that Keycloak, and every method of Keycloak that
# the jar overrides. Nothing is started and nothing is changed.
#
# The first line is the answer; it ends with 0 if the jar fits, with 1 if not, with 2 if KEYCLOAK_HOME holds no Keycloak.
# A jar that fits can still behave otherwise: docs/operate/compatibility.md says which versions are tested.
# Needs bash and the Java that runs Keycloak. ASM, which reads the classes, is taken from that Keycloak.
#
#   usage: kc-check.sh KEYCLOAK_HOME [jar ...]
#   jar: further jars of Keycloak, used in place of its own, such as a patched keycloak-services
#   MCP_JAR: the jar to check; default the one in KEYCLOAK_HOME/providers, else the one beside this script or built here
set -euo pipefail
folder=$(dirname "${BASH_SOURCE[0]}")
home=${1:-}
if [[ -z $home || ! -d $home/lib/lib ]]; then
  echo "usage: kc-check.sh KEYCLOAK_HOME [jar ...]: the folder of a Keycloak, with lib/lib in it" >&2
  exit 2
fi

name=keycloak-mcp-providers
jar=${MCP_JAR:-}
for place in "$home/providers" "$folder" "$folder/../providers/target"; do
  for candidate in "$place/$name.jar" "$place/$name"-[0-9]*.jar; do
    [[ -n $jar || ! -f $candidate || $candidate == *-sources.jar || $candidate == *-javadoc.jar ]] || jar=$candidate
  done
done
if [[ ! -f $jar ]]; then
  echo "kc-check.sh: no $name jar found; name it with MCP_JAR" >&2
  exit 2
fi

# The class path ends at the reader of classes: nothing of Keycloak runs.
libraries=("$home"/lib/lib/*/org.ow2.asm.asm-[0-9]*.jar "$home"/lib/lib/*/org.ow2.asm.asm-tree-[0-9]*.jar)
path=$(IFS=:; echo "${libraries[*]}")
exec "${JAVA:-${JAVA_HOME:+$JAVA_HOME/bin/}java}" -cp "$jar:$path" dev.keycloakmcp.linkage.provider.KcCheck "$@"
