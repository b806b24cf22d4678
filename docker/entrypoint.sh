#!/bin/sh
# Runs Cairn. Each CAIRN_<NAME>_FILE names a file, such as a mounted secret, whose text becomes CAIRN_<NAME>: a password
# is then neither in the compose file nor in what `docker inspect` shows.
set -eu

for name in $(env | sed -n 's/^\(CAIRN_[A-Z_]*\)_FILE=.*/\1/p'); do
  file="$(printenv "${name}_FILE")"
  if ! value="$(cat "$file")"; then
    echo "${name}_FILE names $file, which cannot be read" >&2
    exit 78
  fi
  export "$name=$value"
  unset "${name}_FILE"
done

exec node "$(dirname "$0")/../dist/cli.js" "$@"
