#!/usr/bin/env bash
# What profiles of Debian's tuned do to the virtual sensor, and what they leave: writes docs/comparison.md.
# usage: tests/vm/comparison.sh [--results FOLDER]   (FOLDER of a run before: only writes the page again)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd); cache=${ZEPTADMIN_VM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/zeptadmin-vm}
results=''; [ "${1:-}" != --results ] || results=$(cd "$2" && pwd)
if [ -z "$results" ]; then
  "$here/run.sh" --build-only
  # tuned and all that it imports, beside the machine: nothing is installed here.
  root=$cache/tuned-root; rm -rf "$root"; mkdir -p "$cache/debs-tuned/partial" "$root"/usr/{bin,sbin,lib} "$root/etc"; ln -s usr/bin usr/sbin usr/lib "$root/"
  APT_CONFIG=$cache/apt/apt.conf apt-get install -qq -y --download-only -o Dir::Cache::Archives="$cache/debs-tuned" tuned irqbalance python3 >/dev/null
  for deb in "$cache"/debs-tuned/*.deb; do
    case ${deb##*/} in polkitd*|perl*|libperl*|debconf*|base-files*|bash_*|coreutils*|util-linux*|libc6_*|libc-bin*|adduser*|passwd*|tzdata*|systemd_*) continue;; esac
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root" --keep-directory-symlink --no-same-owner --exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/locale
  done
  tar -C "$root" -cf "$cache/tuned.tar" .
  results=$(mktemp -d "${TMPDIR:-/tmp}/zeptadmin-comparison.XXXXXX")
  "$here/run.sh" --suite extra/tuned --results "$results"
fi
python3 "$here/comparison.py" "$results/tuned" "$cache/machine/kver" >"$here/../../docs/comparison.md.new"
mv "$here/../../docs/comparison.md.new" "$here/../../docs/comparison.md"
echo "docs/comparison.md is written; the results are in $results"
