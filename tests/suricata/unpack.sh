#!/usr/bin/env bash
# Unpacks Debian's Suricata 7.0 (bookworm-backports), with those libraries that this machine lacks, into a folder. Installs nothing, and the
# machine's own package sources stay as they are.
# usage: unpack.sh FOLDER     afterwards it is in FOLDER/root; where it is already, nothing happens
set -euo pipefail
folder=${1:?usage: unpack.sh FOLDER}
export DEBIAN_FRONTEND=noninteractive
mkdir -p "$folder"; folder=$(cd "$folder" && pwd)
[ ! -e "$folder/root/usr/bin/suricata" ] || exit 0
new=$(mktemp -d "$folder/new-XXXXXX"); trap 'rm -rf "$new"' EXIT
mkdir -p "$new"/{lists/partial,cache/archives/partial,etc,root}
mirror=$(awk '/^URIs:/{print $2; exit} /^deb /{for(i=2;i<=NF;i++) if($i ~ /^https?:/){print $i; exit}}' /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | head -1)
cat >"$new/etc/extra.sources" <<END
Types: deb
URIs: ${mirror:-http://deb.debian.org/debian}
Suites: bookworm bookworm-backports
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
END
cat >"$new/apt.conf" <<END
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "$new/etc";
Dir::State::Lists "$new/lists";
Dir::Cache "$new/cache";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "30";
Debug::NoLocking "true";
END
export APT_CONFIG=$new/apt.conf
apt-get update -qq
apt-get install -qq -y --download-only --no-install-recommends suricata/bookworm-backports
for package in "$new"/cache/archives/*.deb; do dpkg-deb -x "$package" "$new/root"; done
LD_LIBRARY_PATH=$new/root/usr/lib/$(uname -m)-linux-gnu:$new/root/lib/$(uname -m)-linux-gnu "$new/root/usr/bin/suricata" -V
rm -rf "$folder/root"; mv "$new/root" "$folder/root"
