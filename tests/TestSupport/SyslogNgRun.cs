using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace ZeptAdmin.Tests;

/// <summary>A syslog-ng of the test's own with its files in a folder; gone after it. Skips the test where it is not installed.</summary>
internal sealed class SyslogNgRun : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();

    /// <summary>Starts it and waits until it answers.</summary>
    public SyslogNgRun(string folder, string configuration)
    {
        Assert.SkipUnless(File.Exists(Program), "syslog-ng is not installed");
        ControlSocket = Path.Combine(folder, "syslog-ng.ctl");
        PersistFile = Path.Combine(folder, "syslog-ng.persist");
        // Whatever becomes of the test, it does not stay for ever.
        ProcessStartInfo start = new("timeout", ["--signal=KILL", "900", Program, "--foreground", "--no-caps", "--cfgfile", configuration,
            "--persist-file", PersistFile, "--pidfile", Path.Combine(folder, "syslog-ng.pid"), "--control", ControlSocket])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += Hear;
        _process.OutputDataReceived += Hear;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        Wait.Until(() => Counters().Length > 0 || _process.HasExited, () => $"syslog-ng did not start: {Said}");
        Assert.False(_process.HasExited, Said);
    }

    /// <summary>Where it is on Debian.</summary>
    public static string Program => "/usr/sbin/syslog-ng";

    /// <summary>Its control socket.</summary>
    public string ControlSocket { get; }

    /// <summary>What it remembers across a restart.</summary>
    public string PersistFile { get; }

    /// <summary>What it said.</summary>
    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    /// <summary>A counter of a destination, as the process itself gives it; -1 when there is none.</summary>
    public long Counter(string destination, string type) =>
        Counters().Select(line => line.Split(';')).Where(fields => fields.Length == 6 && fields[0].StartsWith("dst.", StringComparison.Ordinal) && fields[1].Split('#')[0] == destination && fields[4] == type)
            .Select(fields => long.Parse(fields[5], System.Globalization.CultureInfo.InvariantCulture)).DefaultIfEmpty(-1).Sum();

    /// <inheritdoc/>
    public void Dispose()
    {
        // timeout hands it on.
        _ = ExternalTool.TryRun("kill", "-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (!_process.WaitForExit(TimeSpan.FromMinutes(1)))
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void Hear(object sender, DataReceivedEventArgs line)
    {
        lock (_said)
        {
            _ = _said.AppendLine(line.Data);
        }
    }

    private string[] Counters()
    {
        try
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(ControlSocket));
            _ = socket.Send("STATS\n"u8);
            using MemoryStream answer = new();
            byte[] buffer = new byte[65536];
            while (!answer.GetBuffer().AsSpan(0, (int)answer.Length).EndsWith("\n.\n"u8) && socket.Receive(buffer) is int count and > 0)
            {
                answer.Write(buffer, 0, count);
            }

            return Encoding.UTF8.GetString(answer.ToArray()).Split('\n');
        }
        catch (SocketException)
        {
            return [];
        }
    }
}
