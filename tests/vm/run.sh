#!/usr/bin/env bash
# Runs the suites in a virtual sensor: builds it (once; see build.sh), boots it, runs the suite inside, brings back results, ends it.
# usage: tests/vm/run.sh [options]
#   --suite NAME      one suite of tests/vm/suites instead of all; those in extra/ run only when they are named: extra/tuned
#   --shell           boots and opens a shell in the guest instead (zept is /app/zept); exit ends the guest
#   --keep            keeps the results folder and says where it is
#   --results FOLDER  where results go (a temporary folder); compare again without booting:
#                     ZEPTADMIN_VM_RESULTS=FOLDER dotnet test tests/ZeptAdmin.Tests --filter FullyQualifiedName~ZeptAdmin.Tests.Vm
#   --timeout SECONDS until the guest has to be done (900); if it is not, that is one failure. Comparing has 2 minutes more
#   --accel WHAT      auto, kvm or tcg (auto: kvm where a guest really starts with it)
#   --append ARGS     more kernel command line
#   --rebuild         builds the machine anew
#   --build-only      builds what the run needs, and ends
# The cache: ${ZEPTADMIN_VM_CACHE:-~/.cache/zeptadmin-vm}. Needs root or unprivileged user namespaces, apt-get, and Debian's packages
# within reach. The last line is "N passed, N failed, N skipped"; the exit code is 0 when nothing failed, also when all was skipped.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd); repository=$(cd "$here/../.." && pwd)
cache=${ZEPTADMIN_VM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/zeptadmin-vm}
suites=() shell='' keep='' results='' limit=900 accel=auto append='' rebuild='' only_build=''
while [ $# -gt 0 ]; do
  case $1 in
    --suite) suites+=("$2"); shift;; --shell) shell=1;; --keep) keep=1;; --results) results=$2; keep=1; shift;; --timeout) limit=$2; shift;;
    --accel) accel=$2; shift;; --append) append=$2; shift;; --rebuild) rebuild=1;; --build-only) only_build=1;;
    --help|-h) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; exit 0;;
    *) echo "run.sh: unknown option $1 (--help shows them)" >&2; exit 2;;
  esac
  shift
done
started=$SECONDS
say() { echo "vm: $*"; }
finish() { echo "$1 passed, $2 failed, $3 skipped"; [ "$2" = 0 ]; exit; }
skip() { say "skipped: $*"; finish 0 0 1; }
fail() { say "failed: $*"; finish 0 1 0; }
left() { local rest=$((limit - SECONDS + started)); [ $rest -gt 0 ] && echo $rest || echo 1; }

if [ "$(id -u)" = 0 ]; then namespace=(unshare -n); else namespace=(unshare -rn); fi
"${namespace[@]}" true 2>/dev/null || skip "no network namespace can be made here (needs root, or unprivileged user namespaces)"
"${namespace[@]}" sh -c 'ip link set lo up && ip tuntap add dev zt0 mode tap multi_queue vnet_hdr' 2>/dev/null || skip "no tap device can be made here (/dev/net/tun, ip)"
for tool in ssh ssh-keygen flock dotnet mke2fs; do command -v $tool >/dev/null || skip "$tool is not installed"; done

# The machine: one build at a time, for all checkouts.
mkdir -p "$cache" || skip "the cache folder $cache cannot be made"
exec 9>"$cache/lock"; flock -w "$limit" 9 || skip "another run holds $cache/lock"
[ -z "$rebuild" ] || rm -f "$cache/machine/ready"
timeout "$(left)" "$here/build.sh" "$cache" 2> >(tee "$cache/build.log" >&2); code=$?
case $code in 0) ;; 124) skip "Debian's packages did not come within $limit s";; 3) skip "$(tail -1 "$cache/build.log")";; *) fail "the machine was not built (exit code $code, $cache/build.log)";; esac

# Does KVM start a guest here? (A /dev/kvm can be there and stop in the firmware.) Asked once per boot of this machine.
if [ "$accel" = auto ]; then
  verdict=$cache/machine/accel-$(cat /proc/sys/kernel/random/boot_id)
  if [ ! -e "$verdict" ]; then
    echo tcg >"$verdict"
    if [ -w /dev/kvm ] && timeout 10 "$cache/machine/tool" qemu-system-x86_64 -nodefaults -display none -no-reboot -L "$cache/machine/tools/rom" \
      -machine q35 -accel kvm -cpu max -m 256 -kernel "$cache/machine/vmlinuz" -initrd "$cache/machine/initramfs.img" -append 'console=ttyS0 quiet panic=-1' \
      -serial stdio </dev/null 2>/dev/null | grep -q VM-FAILED; then echo kvm >"$verdict"; fi
  fi
  accel=$(cat "$verdict")
fi

# What is tested: zept and the module, published as users get them.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
checkout=$cache/app-$(sha256sum <<<"$repository" | cut -c1-12); mkdir -p "$checkout"
timeout "$(left)" dotnet publish "$repository/src/ZeptAdmin.Shell" -c Release -v quiet -o "$checkout/zept" >"$checkout/publish.log" 2>&1 ||
  { tail -20 "$checkout/publish.log"; fail "zept was not published"; }
if [ ! -e "$checkout/app.ext4" ] || [ -n "$(find "$checkout/zept" -newer "$checkout/app.ext4" -print -quit)" ]; then
  rm -f "$checkout/app.ext4"
  mke2fs -q -t ext4 -O ^has_journal -L zept -d "$checkout/zept" "$checkout/app.ext4" "$(($(du -sm --apparent-size "$checkout/zept" | cut -f1) + 32))M" >/dev/null 2>&1 ||
    fail "no image was made of $checkout/zept"
fi
exec 9>&-
say "machine and zept are ready after $((SECONDS - started)) s (accelerator: $accel)"
[ -z "$only_build" ] || exit 0

[ -n "$results" ] || results=$(mktemp -d "${TMPDIR:-/tmp}/zeptadmin-vm.XXXXXX")
mkdir -p "$results"; results=$(cd "$results" && pwd)
[ ${#suites[@]} -gt 0 ] || for file in "$here"/suites/*.sh; do suites+=("$(basename "$file" .sh)"); done
# All that talks to the guest lives in a network namespace of its own: loopback ports and the tap need no clearing up and meet nobody.
inside=(env VM_CACHE="$cache" VM_APP="$checkout/app.ext4" VM_RESULTS="$results" VM_ACCEL="$accel" VM_APPEND="$append" VM_SHELL="$shell")
if [ -n "$shell" ]; then "${namespace[@]}" "${inside[@]}" "$here/inside.sh"; [ -n "$keep" ] || rm -rf "$results"; exit; fi
timeout --kill-after 10 "$(left)" "${namespace[@]}" "${inside[@]}" "$here/inside.sh" "${suites[@]}" | tee "$results/tap"
ended=${PIPESTATUS[0]}
if [ "$ended" = 0 ]; then say "the guest is done after $((SECONDS - started)) s"
else echo "not ok - the run inside ended early or ran out of time (exit code $ended; console: $results/console)" | tee -a "$results/tap"; fi

# What the guest brought back is compared by tests of the project, which read the texts of Debian's tools and the records of the module.
passed=$(grep -c '^ok ' "$results/tap"); failed=$(grep -c '^not ok ' "$results/tap"); skipped=$(grep -c '^ok .*# SKIP' "$results/tap"); passed=$((passed - skipped))
if [ "$ended" != 0 ] || { [ ! -d "$results/text" ] && [ ! -d "$results/hands" ] && [ ! -d "$results/drops" ]; }; then say "results are in $results"; finish "$passed" "$failed" "$skipped"; fi
log=$results/dotnet-test.log
ZEPTADMIN_VM_RESULTS=$results timeout "$(($(left) > 120 ? $(left) : 120))" dotnet test "$repository/tests/ZeptAdmin.Tests" --filter FullyQualifiedName~ZeptAdmin.Tests.Vm >"$log" 2>&1; code=$?
grep -vE '^ *(Determining|All projects|Restored|[A-Za-z.]+ -> |Build succeeded|VSTest|Copyright)|^$' "$log"
counts=$(sed -nE 's/.*Failed: +([0-9]+), Passed: +([0-9]+), Skipped: +([0-9]+).*/\1 \2 \3/p' "$log" | tail -1)
read -r f p s <<<"${counts:-1 0 0}"
[ $code = 0 ] || [ "$f" -gt 0 ] || f=1
passed=$((passed + p)); failed=$((failed + f)); skipped=$((skipped + s))
say "$((SECONDS - started)) s in all"
if [ -n "$keep" ] || [ "$failed" -gt 0 ]; then say "results are in $results"; else rm -rf "$results"; fi
finish "$passed" "$failed" "$skipped"
