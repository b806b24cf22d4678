#!/usr/bin/env bash
# Prints a folder with a C library that is new enough for the projection engine of the tests (glibc 2.38), and fetches
# it from Debian 13 first if need be. Nothing of the system is changed: apt works on lists of its own, and the library
# is only unpacked. test/projections/support/engine.ts looks for it in the same place.
set -euo pipefail

cache="${XDG_CACHE_HOME:-$HOME/.cache}/cairn/glibc"
mirror=http://deb.debian.org/debian

if ! compgen -G "$cache/lib/ld-linux-*" > /dev/null; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
    echo 'a newer C library is only fetched by root and with apt-get' >&2
    exit 1
  fi
  work="$(mktemp -d)"
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" > "$work/sources.list"
  apt=(apt-get -qq -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache" -o Dir::State::status=/dev/null
    -o APT::Sandbox::User=root)
  "${apt[@]}" update >&2
  (cd "$work" && "${apt[@]}" download libc6 >&2)
  dpkg-deb -x "$work"/libc6_*.deb "$work/root"
  mkdir -p "$cache"
  # Moved last and at once: a fetch that was cut off leaves nothing that looks like a library.
  cp -R "$work"/root/usr/lib/*-linux-gnu "$cache/lib.part"
  mv "$cache/lib.part" "$cache/lib"
fi
echo "$cache/lib"
