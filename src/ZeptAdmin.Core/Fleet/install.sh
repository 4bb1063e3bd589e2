# Runs on the sensor, as one fixed text: what differs comes as lines on the standard input, and is never part of a command.
set -eu
umask 022
IFS= read -r destination
IFS= read -r sum
case $destination in
  /*[!/]) ;;
  *) echo "the destination is no absolute path" >&2; exit 64 ;;
esac
case $sum in
  *[!0-9a-f]* | "") echo "the checksum is none" >&2; exit 64 ;;
esac
versions=$destination.versions
if [ -L "$destination" ] && [ "$(readlink -- "$destination")" = "$versions/$sum" ] && [ -d "$versions/$sum" ]; then
  echo have
  exit 0
fi
mkdir -p -- "$versions"
new=$(mktemp -d -- "$versions/.new.XXXXXX")
trap 'rm -rf -- "$new"' EXIT
echo send
cat >"$new/archive"
printf '%s  %s\n' "$sum" "$new/archive" | sha256sum -c - >/dev/null 2>&1 || { echo "what arrived has another checksum" >&2; exit 65; }
mkdir -- "$new/tree"
tar -xzf "$new/archive" -C "$new/tree" --no-same-owner
rm -rf -- "${versions:?}/$sum"
mv -- "$new/tree" "$versions/$sum"
sync -f -- "$versions" 2>/dev/null || sync
# A link is replaced in one step; a folder that was copied there by hand is moved away first, and kept.
if [ -e "$destination" ] && [ ! -L "$destination" ]; then
  mv -- "$destination" "$versions/before-$sum"
fi
old=$(readlink -- "$destination" 2>/dev/null || :)
ln -s -- "$versions/$sum" "$new/link"
mv -T -- "$new/link" "$destination"
[ "$(readlink -- "$destination")" = "$versions/$sum" ]
# The last version stays, to go back to; older ones go.
for version in "$versions"/*; do
  case $version in
    "$versions/$sum" | "$old" | "$versions"/before-*) ;;
    *) rm -rf -- "$version" ;;
  esac
done
find "$versions" -maxdepth 1 -name '.new.*' -mtime +1 -exec rm -rf -- {} + 2>/dev/null || :
echo done
