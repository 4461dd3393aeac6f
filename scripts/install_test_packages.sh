#!/usr/bin/env bash
# Debian packages that the tests need: SIP peers, a browser, a database server, node for checking scripts, a compiler for
# the power cut, a CJK font for screenshots.
set -eu
packages=()
need() { command -v "$1" >/dev/null 2>&1 || packages+=("$2"); }
need sipp sip-tester
need baresip baresip
need chromium chromium
need node nodejs
need npm npm
need cc gcc
[ -e /usr/include/dlfcn.h ] || packages+=(libc6-dev)
[ -n "$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" ] || packages+=(postgresql)
[ -n "$(ls -d /usr/share/fonts/opentype/noto/NotoSansCJK* 2>/dev/null)" ] || packages+=(fonts-noto-cjk)
[ ${#packages[@]} -eq 0 ] && exit 0
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if sudo -n true 2>/dev/null; then as_root=(sudo -n); else
    echo "The tests need these Debian packages: ${packages[*]}. Install them as root: apt-get install ${packages[*]}" >&2
    exit 1
  fi
fi
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${packages[@]}"
