using System.Diagnostics;
using System.Globalization;

namespace ZeptAdmin.Tests;

/// <summary>
/// Debian's Suricata 7.0 of bookworm-backports, running in a network namespace. It is unpacked once into ~/.cache/zeptadmin-suricata
/// (tests/suricata/unpack.sh) and not installed; where it cannot be had, the test is skipped and says why. The process ends with the test program,
/// however that ends.
/// </summary>
internal sealed class RealSuricata : IDisposable
{
    // It ends when its input does: that is when this program lets go of it, or is no more.
    private const string Keeper = """
        log=$1; shift; exec 3<&0
        "$@" </dev/null >>"$log" 2>&1 3<&- &
        pid=$!; echo $pid; exec >/dev/null
        while read -r _ <&3; do :; done
        kill -CONT $pid; kill -TERM $pid
        (for i in $(seq 300); do sleep 0.1; kill -0 $pid || exit; done; kill -KILL $pid) 2>/dev/null 3<&- &
        wait $pid
        """;

    private static readonly Lazy<(string Root, string? Refusal)> Unpacked = new(Unpack);

    private readonly Process _keeper;

    private RealSuricata(Process keeper, string folder)
    {
        _keeper = keeper;
        Folder = folder;
        ProcessId = int.Parse(keeper.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
    }

    /// <summary>Number of the running process.</summary>
    public int ProcessId { get; }

    /// <summary>Folder of what it writes: eve.json (only statistics, each second, with threads), stats.log, suricata.log.</summary>
    public string Folder { get; }

    /// <summary>eve.json, which exists from its first line on.</summary>
    public string Eve => Path.Combine(Folder, "eve.json");

    /// <summary>What it has said so far.</summary>
    public string Output => File.ReadAllText(Path.Combine(Folder, "output"));

    /// <summary>False when it has ended.</summary>
    public bool IsRunning => IsAlive(ProcessId);

    /// <summary>Root of the unpacked package: its suricata.yaml is etc/suricata/suricata.yaml. Skips the test where there is none.</summary>
    public static string Root
    {
        get
        {
            Assert.SkipWhen(Unpacked.Value.Refusal is not null, $"no Suricata can be had here: {Unpacked.Value.Refusal}");
            return Unpacked.Value.Root;
        }
    }

    /// <summary>What stands above the tested part of a configuration: paths, and statistics each second.</summary>
    public static string Preamble => $"""
        %YAML 1.1
        ---
        classification-file: {Root}/etc/suricata/classification.config
        reference-config-file: {Root}/etc/suricata/reference.config
        unix-command:
          enabled: no
        stats:
          enabled: yes
          interval: 1
        outputs:
          - eve-log:
              enabled: yes
              filetype: regular
              filename: eve.json
              types:
                - stats:
                    totals: yes
                    threads: yes
          - stats:
              enabled: yes
              filename: stats.log
              totals: yes
              threads: yes

        """;

    /// <summary>Checks a whole configuration (<c>suricata -T</c>): exit code and what it said.</summary>
    public static (int ExitCode, string Output) Check(string yaml, params string[] arguments) => Check(null, yaml, arguments);

    /// <summary>As the other, with what the engine takes for the machine.</summary>
    public static (int ExitCode, string Output) Check(SuricataPretence? pretence, string yaml, params string[] arguments)
    {
        using TemporaryFolder folder = new();
        ProcessStartInfo start = StartInfo(Program, ["-T", "-c", folder.Write("suricata.yaml", yaml), "-l", folder.Path, "-S", "/dev/null", "-v", .. arguments]);
        pretence?.Apply(start);
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        string output = process.StandardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    /// <summary>
    /// Starts it with <c>--af-packet</c> in a namespace and waits until it captures. Fails, with what it said, when it does not.
    /// </summary>
    /// <param name="network">Where.</param>
    /// <param name="folder">Where its files go.</param>
    /// <param name="yaml">Its configuration without what <see cref="Preamble"/> says.</param>
    /// <param name="members">How many packet sockets it opens in the namespace.</param>
    /// <param name="arguments">More arguments.</param>
    public static RealSuricata Start(NetworkNamespace network, TemporaryFolder folder, string yaml, int members, params string[] arguments)
    {
        return Start(null, network, folder, yaml, members, arguments);
    }

    /// <summary>As the other, with what the engine takes for the machine.</summary>
    public static RealSuricata Start(SuricataPretence? pretence, NetworkNamespace network, TemporaryFolder folder, string yaml, int members, params string[] arguments)
    {
        string path = Path.Combine(folder.Path, $"suricata-{Guid.NewGuid():N}");
        _ = Directory.CreateDirectory(path);
        string file = Path.Combine(path, "suricata.yaml");
        File.WriteAllText(file, Preamble + yaml);
        string[] command = [Program, "-c", file, "-l", path, "-S", "/dev/null", "-v", "--af-packet", .. arguments];

        // The shell makes it only after it has told the number of the process.
        File.WriteAllText(Path.Combine(path, "output"), "");
        Process? keeper = null;
        ProcessStartInfo start = StartInfo("/bin/sh", ["-c", Keeper, "suricata", Path.Combine(path, "output"), .. command]);
        pretence?.Apply(start);
        network.Run(() => keeper = Process.Start(start));
        RealSuricata suricata = new(keeper!, path);
        try
        {
            suricata.WaitUntil(() => suricata.Output.Contains("Engine started", StringComparison.Ordinal) && suricata.SocketsInNamespace() >= members, "capture");
        }
        catch
        {
            suricata.Dispose();
            throw;
        }

        return suricata;
    }

    /// <summary>Waits until something holds, two minutes at most; fails at once, with what it said, when it ends.</summary>
    public void WaitUntil(Func<bool> condition, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(IsRunning, $"Suricata ended: {Output}");
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(2), $"Suricata did not {what}: {Output}");
            Thread.Sleep(20);
        }
    }

    /// <summary>Its threads by name (W#01-za, FM#01): number of each.</summary>
    public (string Name, int Id)[] Threads() =>
    [
        .. Directory.GetDirectories($"/proc/{ProcessId}/task").Select(task => (File.ReadAllText(Path.Combine(task, "comm")).Trim(), int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture))),
    ];

    /// <summary>Sends it a signal by name (STOP, CONT, USR2).</summary>
    public void Signal(string name) => _ = ExternalTool.Run("kill", $"-{name}", ProcessId.ToString(CultureInfo.InvariantCulture));

    /// <summary>Ends it as its service does (SIGTERM), so that it writes its last statistics; at once when it has ended already.</summary>
    public void Dispose()
    {
        _keeper.StandardInput.Close();
        _keeper.WaitForExit();
        _keeper.Dispose();
    }

    private static string Program => Path.Combine(Root, "usr/bin/suricata");

    private static bool IsAlive(int process)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    // The kernel's list has a line of headings; a socket of ETH_P_ALL has protocol 0003.
    private int SocketsInNamespace()
    {
        try
        {
            return File.ReadLines($"/proc/{ProcessId}/net/packet").Skip(1).Count(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3] == "0003");
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static ProcessStartInfo StartInfo(string program, string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C";
        string machine = System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture is System.Runtime.InteropServices.Architecture.Arm64 ? "aarch64" : "x86_64";
        start.Environment["LD_LIBRARY_PATH"] = $"{Root}/usr/lib/{machine}-linux-gnu:{Root}/lib/{machine}-linux-gnu";
        return start;
    }

    private static (string Root, string? Refusal) Unpack()
    {
        string cache = Environment.GetEnvironmentVariable("ZEPTADMIN_SURICATA_CACHE")
            ?? Path.Combine(Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? home : "/root", ".cache", "zeptadmin-suricata");
        string root = Path.Combine(cache, "root");
        if (File.Exists(Path.Combine(root, "usr/bin/suricata")))
        {
            return (root, null);
        }

        try
        {
            // Both test programs run at once: one of them unpacks.
            _ = Directory.CreateDirectory(cache);
            ProcessStartInfo start = new("flock", ["-w", "600", Path.Combine(cache, "lock"), "timeout", "--kill-after", "10", "300", "bash", Path.Combine(Repository.Root, "tests/suricata/unpack.sh"), cache])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            string errors = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            _ = output.Result;
            return (root, process.ExitCode == 0 ? null : errors.Length > 0 ? errors.Split('\n')[^1] : $"unpack.sh ended with {process.ExitCode}");
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException or UnauthorizedAccessException)
        {
            return (root, e.Message);
        }
    }
}
