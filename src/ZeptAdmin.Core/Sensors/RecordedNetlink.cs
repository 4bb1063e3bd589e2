using System.Globalization;
using System.Text;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Sensors;

/// <summary>Answers of netlink families as a capture kept them (<c>netlink.txt</c>).</summary>
/// <remarks>
/// <para>One line an answer: <c>family command kind request answer</c>. The command is two hexadecimal digits; the kind is <c>one</c> or
/// <c>dump</c>; the request is its attributes in hexadecimal, <c>-</c> for none; the answer is each message's attributes in hexadecimal with
/// a semicolon behind each, <c>-</c> for no message at all, or <c>errno=N</c>.</para>
/// <para>What was never asked is ENODATA: a snapshot does not know it.</para>
/// </remarks>
public sealed class RecordedNetlink : INetlinkChannel
{
    private readonly Dictionary<string, Answer<byte[][]>> _answers = new(StringComparer.Ordinal);

    /// <summary>Reads the recorded answers.</summary>
    /// <param name="text">Content of <c>netlink.txt</c>; empty where nothing was recorded.</param>
    /// <param name="source">Name of the file, for the message.</param>
    /// <exception cref="KernelFormatException">A line is none.</exception>
    public RecordedNetlink(string text, string source)
    {
        int number = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            number++;
            if (!line.IsWhiteSpace() && line[0] != '#')
            {
                Add(line.Trim().ToString(), source, number);
            }
        }
    }

    /// <inheritdoc/>
    public Answer<byte[][]> Request(string family, byte command, ReadOnlySpan<byte> attributes, bool dump) =>
        _answers.TryGetValue(Key(family, command, attributes, dump), out Answer<byte[][]> answer)
            ? answer
            : Refuse(Errno.ENODATA, family);

    /// <summary>The line that keeps one answer.</summary>
    public static string Line(string family, byte command, ReadOnlySpan<byte> attributes, bool dump, Answer<byte[][]> answer) =>
        $"{Key(family, command, attributes, dump)} {Write(answer)}";

    /// <summary>What tells one request from another.</summary>
    internal static string Key(string family, byte command, ReadOnlySpan<byte> attributes, bool dump) => string.Create(
        CultureInfo.InvariantCulture,
        $"{family} {command:x2} {(dump ? "dump" : "one")} {(attributes.IsEmpty ? "-" : Convert.ToHexStringLower(attributes))}");

    private static string Write(Answer<byte[][]> answer)
    {
        if (!answer.Try(out byte[][]? messages))
        {
            return string.Create(CultureInfo.InvariantCulture, $"errno={(int)answer.Refusal!.Errno}");
        }

        StringBuilder text = new();
        foreach (byte[] message in messages)
        {
            _ = text.Append(Convert.ToHexStringLower(message)).Append(';');
        }

        return text.Length == 0 ? "-" : text.ToString();
    }

    private static Refusal Refuse(Errno errno, string family) =>
        new(errno, "ask the netlink family", family) { Capability = "CAP_NET_ADMIN" };

    private void Add(string line, string source, int number)
    {
        string[] parts = line.Split(' ');
        if (parts.Length != 5 || parts[2] is not ("one" or "dump"))
        {
            throw new KernelFormatException(source, "an answer has five parts: family, command, one or dump, request, answer", number);
        }

        try
        {
            string key = string.Join(' ', parts[..4]);
            if (parts[4].StartsWith("errno=", StringComparison.Ordinal))
            {
                _answers[key] = Refuse((Errno)int.Parse(parts[4].AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture), parts[0]);
                return;
            }

            // Each message ends in a semicolon, so the last part of the split is empty; an empty message is a message.
            string[] messages = parts[4] == "-" ? [] : parts[4].Split(';');
            _answers[key] = parts[4] == "-" || messages[^1].Length == 0
                ? messages.SkipLast(1).Select(Convert.FromHexString).ToArray()
                : throw new FormatException();
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new KernelFormatException(source, "the answer is neither hexadecimal messages nor errno=N", number);
        }
    }
}
