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
# With --removal it asks a server that runs with the extension what would change if the jars were taken away: for each realm
# what remove.sh would take out, and whether its logins would fail. It ends with 0 if no realm has anything of this
# extension, with 1 if one has. Needs kcadm.sh of the Keycloak distribution, logged in (kcadm.sh config credentials ...).
#
#   usage: kc-check.sh KEYCLOAK_HOME [jar ...]
#   usage: kc-check.sh --removal [REALM ...] [further kcadm options, such as --config FILE]
#   jar: further jars of Keycloak, used in place of its own, such as a patched keycloak-services
#   MCP_JAR: the jar to check; default the one in KEYCLOAK_HOME/providers, else the one beside this script or built here
#   JAVA: the java to use; default $JAVA_HOME/bin/java, else the one on the PATH
#   KCADM: the kcadm.sh to use; default $KEYCLOAK_HOME/bin/kcadm.sh, else the one on the PATH
set -euo pipefail
folder=$(dirname "${BASH_SOURCE[0]}")

# untold MESSAGE: for want of an answer.
untold() {
  echo "kc-check.sh: $1" >&2
  exit 2
}

# what_goes: a line for each thing in the realm that is of no use without the jars.
what_goes() {
  local lines finding status=0
  lines=$(ask delete mcp/setup -q dry-run=true) || status=$?
  if [[ $status -ne 0 ]]; then
    [[ $status -eq $no_call ]] || exit 2
    untold "no realm $realm, or the server does not have the extension"
  fi
  finding=$(kc get mcp/doctor --fields id --format csv --noquotes) || exit 2
  if [[ $finding == *policies-need-extension* ]]; then
    echo 'ALL LOGINS FAIL without the jars: run apply.sh or remove.sh for this realm before'
  fi
  while IFS= read -r line; do
    [[ $line == absent* || -z $line ]] || echo "remove.sh would do this: $line"
  done <<<"$lines"
}

if [[ ${1:-} == --removal ]]; then
  # shellcheck source-path=SCRIPTDIR source=common.sh
  source "$folder/common.sh"
  shift
  realms=()
  while [[ $# -gt 0 && $1 != -* ]]; do
    realms+=("$1")
    shift
  done
  take master "$@"
  if [[ ${#realms[@]} -eq 0 ]]; then
    all=$("$kcadm" get realms --fields realm --format csv --noquotes ${options[@]+"${options[@]}"})
    while IFS= read -r each; do realms+=("$each"); done <<<"$all"
  fi
  left=0
  for realm in "${realms[@]}"; do
    found=$(what_goes)
    if [[ -z $found ]]; then
      echo "$realm: nothing of the extension"
    else
      left=1
      while IFS= read -r line; do echo "$realm: $line"; done <<<"$found"
    fi
  done
  exit "$left"
fi

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
