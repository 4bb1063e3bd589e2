#!/usr/bin/env python3
"""Measures an audit of a fleet against plain ssh in parallel, on this machine.

measure.py ZEPT [N ...]: for each N makes N sensors - network namespaces, each with an sshd of its own - of which, from 5 on, three are down and
one is hostile (it answers garbage and hangs), audits them with one command, and asks the same sensors with ssh and the shell lines that read
the same. Needs root, sshd, ip; leaves nothing behind. Prints a table: wall time, processor time and memory of the asking side.
"""
import os, resource, shutil, signal, subprocess, sys, tempfile, time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
NETWORK = "10.98"
TIMEOUT = 45
# What Test-NsmSensor reads, as an administrator would ask for it.
LINES = r"""
for i in /sys/class/net/*; do n=${i##*/}
 for o in -i -g -l -c -a -k -x -S --show-priv-flags -n -T; do ethtool $o "$n"; done
 for f in tcp4 udp4 tcp6 udp6; do ethtool -n "$n" rx-flow-hash $f; done
 cat "$i"/mtu "$i"/flags "$i"/operstate "$i"/queues/*/*ps_cpus "$i"/device/numa_node "$i"/device/local_cpulist
done
cat /proc/interrupts /proc/softirqs /proc/net/softnet_stat /proc/stat /proc/cmdline /proc/cpuinfo /proc/net/packet /proc/net/route
cat /proc/irq/*/smp_affinity_list /proc/irq/*/effective_affinity_list
cat /sys/devices/system/cpu/cpu*/topology/* /sys/devices/system/cpu/cpu*/cache/index*/* /sys/devices/system/cpu/vulnerabilities/*
cat /sys/devices/system/cpu/cpu*/cpuidle/state*/* /sys/devices/system/cpu/cpufreq/policy*/* /sys/devices/system/node/node*/*
sysctl net.core.netdev_budget net.core.netdev_budget_usecs
cat /sys/firmware/dmi/tables/DMI | wc -c
for b in /sys/bus/pci/devices/*; do cat $b/current_link_speed $b/current_link_width; done
"""

def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, stdout=subprocess.DEVNULL)

class Fleet:
    def __init__(self, zept, count, down, hostile):
        self.folder = tempfile.mkdtemp(prefix="zept-fleet-")
        self.names, self.servers = [], []
        self.key = f"{self.folder}/client"
        for name in ("client", "host"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{self.folder}/{name}"], check=True)
        os.makedirs("/run/sshd", exist_ok=True)
        with open(f"{self.folder}/hostile", "w") as script:
            script.write("#!/bin/sh\nhead -c 4096 /dev/urandom\nexec sleep 600\n")
        os.chmod(f"{self.folder}/hostile", 0o755)
        self.hosts = []
        for i in range(count):
            name = f"zfleet{os.getpid()}-{i}"
            ip("netns", "add", name)
            self.names.append(name)
            here, there = f"zf{os.getpid() % 10000}h{i}", f"zf{os.getpid() % 10000}s{i}"
            ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", name)
            third, fourth = i // 64, (i % 64) * 4
            ip("addr", "add", f"{NETWORK}.{third}.{fourth + 1}/30", "dev", here)
            ip("link", "set", here, "up")
            ip("-n", name, "addr", "add", f"{NETWORK}.{third}.{fourth + 2}/30", "dev", there)
            ip("-n", name, "link", "set", there, "up")
            ip("-n", name, "link", "set", "lo", "up")
            address = f"{NETWORK}.{third}.{fourth + 2}"
            self.hosts.append(address)
            if i in down:
                continue
            subsystem = f"{self.folder}/hostile" if i in hostile else f"{zept} -sshs"
            configuration = f"{self.folder}/sshd{i}"
            with open(configuration, "w") as file:
                file.write(f"ListenAddress {address}\nPort 22\nHostKey {self.folder}/host\nAuthorizedKeysFile {self.key}.pub\nPidFile none\nUsePAM no\n"
                           f"StrictModes no\nPasswordAuthentication no\nSubsystem powershell {subsystem}\n")
            self.servers.append(subprocess.Popen(["ip", "netns", "exec", name, "/usr/sbin/sshd", "-D", "-e", "-f", configuration],
                                                 stderr=subprocess.PIPE, start_new_session=True))
        for server in self.servers:
            while b"Server listening" not in (line := server.stderr.readline()):
                if not line:
                    raise SystemExit("sshd did not start to listen")
    def close(self):
        for server in self.servers:
            os.killpg(server.pid, signal.SIGKILL)
        for name in self.names:
            # What sshd started for a session is in the namespace, too.
            pids = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True).stdout.split()
            for pid in pids:
                try:
                    os.kill(int(pid), signal.SIGKILL)
                except ProcessLookupError:
                    pass
            subprocess.run(["ip", "netns", "delete", name])
        for server in self.servers:
            server.wait()
        shutil.rmtree(self.folder)

def measure(command, environment=None):
    begin = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
    output = process.stdout.read()
    _, _, usage = os.wait4(process.pid, 0)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - begin, cpu, usage.ru_maxrss / 1024, output.decode(errors="replace")

def main():
    zept = os.path.abspath(sys.argv[1])
    counts = [int(text) for text in sys.argv[2:]] or [5, 10, 25, 50]
    options = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10"]
    print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}; limit of a sensor {TIMEOUT} s, 20 at once")
    print("sensors  way    wall s  processor s  memory MiB  output KiB  answered")
    for count in counts:
        down, hostile = ({1, count // 2, count - 1}, {3}) if count >= 5 else (set(), set())
        fleet = Fleet(zept, count, down, hostile)
        try:
            script = f"{fleet.folder}/ask.ps1"
            with open(script, "w") as file:
                hosts = ", ".join(f"'{host}'" for host in fleet.hosts)
                file.write(f"$options = @{{ StrictHostKeyChecking = 'no'; UserKnownHostsFile = '/dev/null'; LogLevel = 'ERROR'; BatchMode = 'yes'; ConnectTimeout = '10' }}\n"
                           f"$watch = [Diagnostics.Stopwatch]::StartNew()\n"
                           f"& '{ROOT}/examples/fleet/audit-fleet.ps1' -HostName {hosts} -KeyFilePath '{fleet.key}' -Options $options -TimeoutSeconds {TIMEOUT} |\n"
                           f"    ForEach-Object {{ \"$($_.Sensor) fail=$($_.Fail) warn=$($_.Warn) pass=$($_.Pass) $($_.Seconds)s at=$([int]$watch.Elapsed.TotalSeconds) $($_.Problem)\" }}\n")
            wall, cpu, memory, output = measure([zept, "-File", script])
            rows = output.strip().split("\n")
            answered = sum(1 for row in rows if " pass=0 " not in row and "pass=" in row)
            last = max((int(row.split("at=")[1].split()[0]) for row in rows if "at=" in row and "did not end" not in row), default=0)
            print(f"{count:7}  all but the one that hangs had answered after {last} s")
            print(f"{count:7}  audit {wall:7.1f}  {cpu:11.1f}  {memory:10.0f}  {len(output) / 1024:10.1f}  {answered} of {count}", flush=True)
            for row in rows:
                if "pass=0 " in row:
                    print("         ", row[:150])
            asked = [host for i, host in enumerate(fleet.hosts)]
            command = ["xargs", "-P", "20", "-I", "HOST", "timeout", str(TIMEOUT), "ssh", *options, "-i", fleet.key, "-l", "root", "HOST", LINES]
            with open(f"{fleet.folder}/hosts", "w") as file:
                file.write("\n".join(asked) + "\n")
            wall, cpu, memory, output = measure([*command[:1], "-a", f"{fleet.folder}/hosts", *command[1:]])
            print(f"{count:7}  ssh   {wall:7.1f}  {cpu:11.1f}  {memory:10.0f}  {len(output) / 1024:10.1f}  text, no verdict", flush=True)
        finally:
            fleet.close()

main()
