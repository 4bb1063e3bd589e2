using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Logs.Pipeline;

/// <summary>Counters of one destination of syslog-ng.</summary>
/// <param name="Destination">Its name in the configuration.</param>
/// <param name="Driver">Kind of it.</param>
/// <param name="Address">Where it sends.</param>
/// <param name="Processed">Events that were given to it.</param>
/// <param name="Written">Events that the receiver took.</param>
/// <param name="Queued">Events that wait for it.</param>
/// <param name="Dropped">Events that it threw away.</param>
public readonly record struct SyslogNgDestination(string Destination, string Driver, string Address, long Processed, long Written, long Queued, long Dropped);

/// <summary>A log that a source of syslog-ng reads.</summary>
/// <param name="Source">Name of the source in the configuration.</param>
/// <param name="Path">The log.</param>
public readonly record struct SyslogNgLog(string Source, string Path);

/// <summary>Asks a running syslog-ng by its control socket, as syslog-ng-ctl does.</summary>
/// <remarks>lib/control/control-server.c: a command is a line, an answer ends with a line that is a dot alone.</remarks>
public static partial class SyslogNgControl
{
    private const int TimeoutMilliseconds = 5000;
    private const int MostBytes = 64 << 20;

    private static readonly string[] UsualPaths = ["/var/lib/syslog-ng/syslog-ng.ctl", "/run/syslog-ng/syslog-ng.ctl", "/run/syslog-ng.ctl", "/usr/local/var/syslog-ng.ctl"];

    // What these write stays on the machine.
    private static readonly string[] LocalDrivers = ["file", "pipe", "usertty", "unix-stream", "unix-dgram", "program"];

    /// <summary>Where the socket is, of the usual places; Debian's where it is at none.</summary>
    public static string UsualPath(FileTree tree) => UsualPaths.FirstOrDefault(tree.Exists) ?? UsualPaths[0];

    /// <summary>Sends one command and gathers the answer.</summary>
    public static Answer<string> Ask(string path, string command)
    {
        try
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { SendTimeout = TimeoutMilliseconds, ReceiveTimeout = TimeoutMilliseconds };
            socket.Connect(new UnixDomainSocketEndPoint(path));
            _ = socket.Send(Encoding.ASCII.GetBytes(command + "\n"));
            using MemoryStream answer = new();
            byte[] buffer = new byte[65536];
            while (!answer.GetBuffer().AsSpan(0, (int)answer.Length).EndsWith("\n.\n"u8))
            {
                int count = socket.Receive(buffer);
                if (count == 0 || answer.Length > MostBytes)
                {
                    return Refuse(Errno.EIO, path, "Its answer ends in the midst.");
                }

                answer.Write(buffer, 0, count);
            }

            return Encoding.UTF8.GetString(answer.GetBuffer().AsSpan(0, (int)answer.Length - 2));
        }
        catch (SocketException e)
        {
            // A path that a socket cannot have is told without an error number.
            return Refuse(e.SocketErrorCode switch
            {
                SocketError.AddressNotAvailable => Errno.ENOENT,
                SocketError.AccessDenied => Errno.EACCES,
                SocketError.TimedOut or SocketError.WouldBlock => Errno.ETIMEDOUT,
                _ => File.Exists(path) ? Errno.ECONNREFUSED : Errno.ENOENT,
            }, path, "syslog-ng does not run, or its control socket is elsewhere.");
        }
        catch (ArgumentException)
        {
            return Refuse(Errno.EINVAL, path, "A socket's path has 107 bytes at most.");
        }
    }

    /// <summary>Destinations that send elsewhere, from the answer to STATS.</summary>
    public static SyslogNgDestination[] Destinations(string statistics) =>
    [
        .. Lines(statistics).Where(fields => fields[0].StartsWith("dst.", StringComparison.Ordinal) && !LocalDrivers.Contains(fields[0][4..]))
            .GroupBy(fields => (Name: NameOf(fields[1]), Driver: fields[0][4..]))
            .Select(group => new SyslogNgDestination(
                group.Key.Name, group.Key.Driver, group.First()[2], Sum(group, "processed"), Sum(group, "written"), Sum(group, "queued"), Sum(group, "dropped")))
            .OrderBy(row => row.Destination, StringComparer.Ordinal),
    ];

    /// <summary>Logs that are read, from the answer to STATS.</summary>
    public static SyslogNgLog[] Logs(string statistics) =>
    [
        .. Lines(statistics).Where(fields => fields[0] == "src.file" && fields[4] == "processed").Select(fields => new SyslogNgLog(NameOf(fields[1]), fields[2]))
            .Distinct().OrderBy(log => log.Path, StringComparer.Ordinal),
    ];

    /// <summary>Sources that feed a destination, from the preprocessed configuration; null when no plain log path names it.</summary>
    public static string[]? SourcesOf(string configuration, string destination)
    {
        string[] found =
        [
            .. LogPath().Matches(Comment().Replace(configuration, "")).Select(match => match.Value)
                .Where(path => Reference(path, "destination").Contains(destination)).SelectMany(path => Reference(path, "source")).Distinct(),
        ];
        return found.Length == 0 ? null : found;
    }

    // A driver's name has its number behind it: d_http#0.
    private static string NameOf(string id) => id.Split('#')[0];

    private static IEnumerable<string[]> Lines(string statistics) =>
        statistics.Split('\n').Select(Fields).Where(fields => fields.Length == 6);

    // An address may have semicolons; the fields before and behind it have none.
    private static string[] Fields(string line)
    {
        string[] fields = line.Split(';');
        return fields.Length <= 6 ? fields : [fields[0], fields[1], string.Join(';', fields[2..^3]).Trim('"'), .. fields[^3..]];
    }

    private static long Sum(IEnumerable<string[]> lines, string type) =>
        lines.Where(fields => fields[4] == type).Sum(fields => long.TryParse(fields[5], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : 0);

    private static IEnumerable<string> Reference(string path, string kind) =>
        Call().Matches(path).Where(match => match.Groups[1].Value == kind).Select(match => match.Groups[2].Value);

    private static Refusal Refuse(Errno errno, string path, string detail) => new(errno, "ask the control socket of syslog-ng", path) { Capability = "root", Detail = detail };

    [GeneratedRegex(@"\blog\s*\{[^{}]*\}")]
    private static partial Regex LogPath();

    [GeneratedRegex(@"(?m)^\s*#.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\b(source|destination)\s*\(\s*[""']?([^)""'\s]+)[""']?\s*\)")]
    private static partial Regex Call();
}
