using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace ZeptAdmin.Fleet;

/// <summary>Puts zept, or the module, on sensors: one connection of ssh each, verified there, and replaced in one step.</summary>
/// <remarks>
/// What runs on the sensor is one fixed script (install.sh). Destination and checksum go to its standard input as lines, the archive behind
/// them, so that no command, here or there, is put together from what a user typed. scp would hand the path to the sensor's shell.
/// </remarks>
public sealed partial class ModuleInstaller
{
    private const int NotReached = 255;
    private const int MostWord = 16;
    private const int MostText = 4096;

    private readonly string[] _options;
    private readonly TimeSpan _mostTime;

    /// <summary>Makes it.</summary>
    /// <param name="userName">User on the sensors; null for what ssh's configuration says.</param>
    /// <param name="port">Port of sshd; null for what ssh's configuration says.</param>
    /// <param name="keyFile">Key to log in with; null for what ssh finds.</param>
    /// <param name="options">Options of ssh by name.</param>
    /// <param name="mostTime">How long a sensor may take.</param>
    public ModuleInstaller(string? userName, int? port, string? keyFile, IReadOnlyDictionary<string, string> options, TimeSpan mostTime)
    {
        _mostTime = mostTime;
        _options =
        [
            "-T", "-o", "BatchMode=yes",
            .. userName is null ? (string[])[] : ["-l", userName],
            .. port is null ? (string[])[] : ["-p", port.Value.ToString(CultureInfo.InvariantCulture)],
            .. keyFile is null ? (string[])[] : ["-i", keyFile],
            .. options.OrderBy(option => option.Key, StringComparer.Ordinal).SelectMany(option => (string[])["-o", $"{option.Key}={option.Value}"]),
        ];
    }

    private static string Script { get; } = ReadScript();

    /// <summary>True for what can be the name of a machine; what begins with a dash would be an option of ssh.</summary>
    public static bool IsHostName(string name) => HostName().IsMatch(name);

    /// <summary>Installs on one sensor.</summary>
    /// <exception cref="InstallationException">It was not reached, or did not take it; what was there is there.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public ModuleInstallation Install(string hostName, ModuleArchive archive, string destination, CancellationToken stop)
    {
        if (!IsHostName(hostName) || destination.AsSpan().ContainsAny('\n', '\r', '\0'))
        {
            throw new InstallationException(hostName, "this can be no name of a sensor, or no path", isUnreachable: true);
        }

        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(_mostTime);
        ProcessStartInfo start = new("ssh", [.. _options, "--", hostName, Script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process ssh = Process.Start(start)!;
        using CancellationTokenRegistration ending = limit.Token.Register(() => ssh.Kill(entireProcessTree: true));
        Task<string> errors = Task.Run(() => ReadSome(ssh.StandardError), CancellationToken.None);
        bool isSent = Send(ssh, archive, destination);
        string last = ReadSome(ssh.StandardOutput).Trim();
        ssh.WaitForExit();
        stop.ThrowIfCancellationRequested();
        if (limit.IsCancellationRequested)
        {
            throw new InstallationException(hostName, string.Create(CultureInfo.InvariantCulture, $"it did not end within {_mostTime.TotalSeconds:0} seconds"), isUnreachable: true);
        }

        if (ssh.ExitCode != 0 || (isSent && last != "done"))
        {
            string text = errors.Result.Trim();
            throw new InstallationException(hostName, text.Length > 0 ? text : string.Create(CultureInfo.InvariantCulture, $"ssh ended with {ssh.ExitCode}"), ssh.ExitCode == NotReached);
        }

        return new ModuleInstallation { HostName = hostName, Destination = destination, IsNew = isSent, Bytes = isSent ? archive.Content.Length : 0, Checksum = archive.Checksum };
    }

    // The sensor tells whether it wants the archive; one that hangs up meanwhile is told by its exit code.
    private static bool Send(Process ssh, ModuleArchive archive, string destination)
    {
        try
        {
            Stream input = ssh.StandardInput.BaseStream;
            input.Write(Encoding.UTF8.GetBytes($"{destination}\n{archive.Checksum}\n"));
            input.Flush();
            bool isWanted = ReadWord(ssh.StandardOutput) == "send";
            if (isWanted)
            {
                input.Write(archive.Content.Span);
            }

            input.Close();
            return isWanted;
        }
        catch (IOException)
        {
            return false;
        }
    }

    // One word of a line; a sensor that sends something else is not listened to for long.
    private static string ReadWord(StreamReader output)
    {
        StringBuilder word = new();
        while (word.Length < MostWord && output.Read() is int read and >= 0 && read != '\n')
        {
            _ = word.Append((char)read);
        }

        return word.ToString();
    }

    // Reads to the end, and keeps the beginning.
    private static string ReadSome(StreamReader output)
    {
        StringBuilder text = new();
        char[] buffer = new char[MostText];
        while (output.Read(buffer) is int count and > 0)
        {
            _ = text.Append(buffer.AsSpan(0, Math.Min(count, MostText - text.Length)));
        }

        return text.ToString();
    }

    private static string ReadScript()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("ZeptAdmin.Fleet.install.sh")!;
        using StreamReader reader = new(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"^[A-Za-z0-9_:\[][A-Za-z0-9._:%\[\]-]*\z")]
    private static partial Regex HostName();
}
