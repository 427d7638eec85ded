#!/usr/bin/env bash
# Installs the programs that the whole test suite uses: redis-server, ffmpeg, chromium. Debian and Ubuntu, as root; elsewhere it
# says what is missing. Dailies itself needs none of them.
set -euo pipefail

programs=(redis-server ffmpeg chromium)

absent() {
  for program in "${programs[@]}"; do
    command -v "$program" >/dev/null || echo "$program"
  done
}

mapfile -t missing < <(absent)
if ((${#missing[@]} == 0)); then
  echo "redis-server, ffmpeg and chromium are there."
  exit 0
fi

if ((EUID == 0)) && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq </dev/null || echo "apt-get update failed; trying with the lists that are there." >&2
  for program in "${missing[@]}"; do
    apt-get install -y -qq --no-install-recommends "$program" </dev/null >/dev/null || echo "apt-get could not install $program." >&2
  done
  # Debian starts a server of its own at once; Dailies starts a private one where it needs it.
  if [[ " ${missing[*]} " == *" redis-server "* ]] && [[ -x /etc/init.d/redis-server ]]; then
    if command -v systemctl >/dev/null && [[ -d /run/systemd/system ]]; then
      systemctl disable --now redis-server || echo "the service redis-server could not be stopped." >&2
    else
      /etc/init.d/redis-server stop >/dev/null || echo "the service redis-server could not be stopped." >&2
    fi
  fi
fi

mapfile -t missing < <(absent)
if ((${#missing[@]} > 0)); then
  echo "Not installed: ${missing[*]}. On Debian, as root: apt-get install ${missing[*]}. On macOS: brew install redis ffmpeg chromium."
fi
