# What apply.sh and remove.sh share. They read it; it is not to be run.

# Prints the comment at the head of the script, which says how it is used, and ends.
usage() {
  local line
  while IFS= read -r line && [[ $line == '#'* ]]; do
    line=${line#'#'}
    [[ $line == '!'* ]] || printf '%s\n' "${line# }" >&2
  done <"$0"
  exit 2
}

# take REALM [kcadm options]: what the command line ends with.
take() {
  [[ $# -gt 0 && $1 != -* ]] || usage
  realm=$1
  options=("${@:2}")
  kcadm=${KCADM:-${KEYCLOAK_HOME:+$KEYCLOAK_HOME/bin/}kcadm.sh}
}

# kc VERB PATH [arguments]: runs kcadm for the realm.
kc() { "$kcadm" "$1" "$2" -r "$realm" "${@:3}" ${options[@]+"${options[@]}"}; }

# The status of setup where the server does not have the call: no extension, or one that is too old, or no such realm.
no_setup=44

# setup VERB [arguments]: has the server change the set-up of the realm, and prints its answer, a line for each step.
setup() {
  local errors status=0
  { errors=$(kc "$1" mcp/setup --output --compressed --header Accept=text/plain "${@:2}" 2>&1 >&3) || status=$?; } 3>&1
  if [[ $status -ne 0 && $errors == *'Resource not found'* ]]; then
    status=$no_setup
  elif [[ -n $errors ]]; then
    printf '%s\n' "$errors" >&2
  fi
  return "$status"
}
