using System.Globalization;
using System.Runtime.InteropServices;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Sensors;

/// <summary>Answers of drivers as a capture kept them, so that the decoders run on a snapshot as on a live machine.</summary>
/// <remarks>
/// <para>One line an answer: <c>interface command request-tail answer</c>. The command is eight hexadecimal digits; the request tail is
/// what the request held behind the command, without zeros at its end (<c>-</c> for nothing); the answer is the whole buffer without
/// zeros at its end, or <c>errno=N</c>.</para>
/// <para>Requests that would change something are refused with EROFS.</para>
/// </remarks>
public sealed class RecordedEthtool : IEthtoolChannel
{
    private readonly Dictionary<(string Interface, string Request), (byte[] Answer, Errno Errno)> _answers = [];
    private readonly HashSet<string> _interfaces = new(StringComparer.Ordinal);

    /// <summary>Reads the recorded answers.</summary>
    /// <exception cref="KernelFormatException">A line is none.</exception>
    public RecordedEthtool(string text, string source)
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length > 0 && line[0] != '#')
            {
                AddLine(line, source, i + 1);
            }
        }
    }

    /// <inheritdoc/>
    public Errno Send(string interfaceName, Span<byte> buffer)
    {
        if (!_interfaces.Contains(interfaceName))
        {
            return Errno.ENODEV;
        }

        if (!_answers.TryGetValue((interfaceName, Key(buffer)), out (byte[] Answer, Errno Errno) recorded))
        {
            return EthtoolCommands.Changes(MemoryMarshal.Read<uint>(buffer)) ? Errno.EROFS : Errno.ENODATA;
        }

        if (recorded.Errno == Errno.None)
        {
            buffer.Clear();
            recorded.Answer.AsSpan(0, Math.Min(recorded.Answer.Length, buffer.Length)).CopyTo(buffer);
        }

        return recorded.Errno;
    }

    /// <summary>The line that keeps one answer.</summary>
    public static string Line(string interfaceName, ReadOnlySpan<byte> request, ReadOnlySpan<byte> answer, Errno errno)
    {
        // An answer can be all zeros, its command too: netdevsim copies the settings that it keeps over the whole request.
        ReadOnlySpan<byte> kept = answer.TrimEnd((byte)0) is { IsEmpty: false } bytes ? bytes : [0];
        return string.Create(CultureInfo.InvariantCulture, $"{interfaceName} {Key(request)} {(errno == Errno.None ? Convert.ToHexStringLower(kept) : $"errno={(int)errno}")}");
    }

    /// <summary>What tells one request from another: command, and what the request holds behind it.</summary>
    internal static string Key(ReadOnlySpan<byte> request)
    {
        uint command = MemoryMarshal.Read<uint>(request);
        ReadOnlySpan<byte> tail = request[4..].TrimEnd((byte)0);
        return string.Create(CultureInfo.InvariantCulture, $"{command:x8} {(tail.IsEmpty ? "-" : Convert.ToHexStringLower(tail))}");
    }

    private void AddLine(string line, string source, int number)
    {
        string[] parts = line.Split(' ');
        if (parts.Length != 4)
        {
            throw new KernelFormatException(source, "an answer has four parts: interface, command, request, answer", number);
        }

        try
        {
            Errno errno = Errno.None;
            byte[] answer = [];
            if (parts[3].StartsWith("errno=", StringComparison.Ordinal))
            {
                errno = (Errno)int.Parse(parts[3].AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture);
            }
            else
            {
                answer = Convert.FromHexString(parts[3]);
            }

            _ = _interfaces.Add(parts[0]);
            _answers[(parts[0], $"{parts[1]} {parts[2]}")] = (answer, errno);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new KernelFormatException(source, "the answer is neither hexadecimal nor errno=N", number);
        }
    }
}
