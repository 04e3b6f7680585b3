# shellcheck shell=bash
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

# The status of ask where the server does not have the call: no extension, or one that is too old, or no such realm.
no_call=44

# ask VERB PATH [arguments]: a call of this extension's admin resource; prints its answer, in lines.
ask() {
  local errors status=0 output=(--output)
  [[ $1 != get ]] || output=()
  { errors=$(kc "$1" "$2" ${output[@]+"${output[@]}"} --compressed --header Accept=text/plain "${@:3}" 2>&1 >&3) \
    || status=$?; } 3>&1
  if [[ $status -ne 0 && $errors == *'Resource not found'* ]]; then
    status=$no_call
  elif [[ -n $errors ]]; then
    printf '%s\n' "$errors" >&2
  fi
  return "$status"
}

# call VERB PATH [arguments]: the same for calls that the server has to have; ends where it refuses.
call() {
  local status=0
  ask "$@" || status=$?
  if [[ $status -eq $no_call ]]; then
    echo "${0##*/}: there is no realm $realm, or the server does not have the extension; nothing was changed" >&2
  fi
  [[ $status -eq 0 ]] || exit "$status"
}

# run_java FILE [arguments]: runs a Java file beside the scripts, with the JSON parser in kcadm's own jar. Wherever kcadm.sh
# runs, both are there. The image of Keycloak has neither jq, python3 nor openssl.
run_java() {
  local bin
  bin=$(dirname "$(readlink -f "$(command -v "$kcadm")")")
  "${JAVA:-${JAVA_HOME:+$JAVA_HOME/bin/}java}" -cp "$bin/client/*" "$(dirname "${BASH_SOURCE[0]}")/$1" "${@:2}"
}

# json TEXT: the text as a JSON string.
json() {
  local text=$1
  if [[ $text == *[[:cntrl:]]* ]]; then
    echo "${0##*/}: control characters are not taken: $(printf '%q' "$text")" >&2
    exit 2
  fi
  text=${text//\\/\\\\}
  text=${text//\"/\\\"}
  printf '"%s"' "$text"
}

# json_words "A B": the words as a JSON array of strings.
json_words() {
  local word words separator=
  read -ra words <<<"$1"
  printf '['
  for word in ${words[@]+"${words[@]}"}; do
    printf '%s' "$separator"
    json "$word"
    separator=,
  done
  printf ']'
}

# encode TEXT: the text as a segment of a path.
encode() {
  local LC_ALL=C i character
  for ((i = 0; i < ${#1}; i++)); do
    character=${1:i:1}
    case $character in
      [a-zA-Z0-9._~-]) printf '%s' "$character" ;;
      *) printf '%%%02X' "$(($(printf '%d' "'$character") & 255))" ;;
    esac
  done
}
