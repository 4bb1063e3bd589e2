using System.Globalization;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Sensors;

/// <summary>Registers as a capture kept them (<c>msr.txt</c>): one line each, <c>cpu register value</c>, in hexadecimal but for the CPU, or <c>errno=N</c>.</summary>
/// <remarks>What was never asked is ENODATA: a snapshot does not know it.</remarks>
public sealed class RecordedMsr : IMsrChannel
{
    private readonly Dictionary<(int Cpu, uint Register), Answer<ulong>> _answers = [];

    /// <summary>Reads the recorded registers.</summary>
    /// <param name="text">Content of <c>msr.txt</c>; empty where nothing was recorded.</param>
    /// <param name="source">Name of the file, for the message.</param>
    /// <exception cref="KernelFormatException">A line is none.</exception>
    public RecordedMsr(string text, string source)
    {
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (parts.Length == 0 || parts[0][0] == '#')
            {
                continue;
            }

            if (parts.Length != 3
                || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int cpu)
                || !uint.TryParse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint register)
                || !TryParse(parts[2], cpu, register, out Answer<ulong> answer))
            {
                throw new KernelFormatException(source, "a register has three parts: CPU, number, value or errno=N", number);
            }

            _answers[(cpu, register)] = answer;
        }
    }

    /// <inheritdoc/>
    public Answer<ulong> Read(int cpu, uint number) =>
        _answers.TryGetValue((cpu, number), out Answer<ulong> answer) ? answer : MsrRefusals.Make(Errno.ENODATA, "read", cpu, number);

    /// <inheritdoc/>
    public Refusal? Write(int cpu, uint number, ulong value) => MsrRefusals.Make(Errno.EROFS, "write", cpu, number);

    /// <summary>The line that keeps one register.</summary>
    internal static string Line(int cpu, uint register, Answer<ulong> answer) => string.Create(
        CultureInfo.InvariantCulture,
        $"{cpu} {register:x} {(answer.Refusal is Refusal refusal ? $"errno={(int)refusal.Errno}" : $"{answer.Value:x}")}");

    private static bool TryParse(string text, int cpu, uint register, out Answer<ulong> answer)
    {
        if (text.StartsWith("errno=", StringComparison.Ordinal) && int.TryParse(text.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out int errno))
        {
            answer = MsrRefusals.Make((Errno)errno, "read", cpu, register);
            return true;
        }

        bool isValue = ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value);
        answer = value;
        return isValue;
    }
}

/// <summary>Passes registers through and keeps what was read.</summary>
internal sealed class RecordingMsr(IMsrChannel inner, CancellationToken stop) : IMsrChannel
{
    /// <summary>Lines of what was read, by CPU and register.</summary>
    public SortedDictionary<(int Cpu, uint Register), string> Lines { get; } = [];

    public Answer<ulong> Read(int cpu, uint number)
    {
        stop.ThrowIfCancellationRequested();
        Answer<ulong> answer = inner.Read(cpu, number);

        // No module and no such machine is how most are: nothing to keep.
        if (answer.Refusal?.Errno is not (Errno.ENODATA or Errno.ENOENT or Errno.ENXIO or Errno.ENODEV))
        {
            lock (Lines)
            {
                Lines[(cpu, number)] = RecordedMsr.Line(cpu, number, answer);
            }
        }

        return answer;
    }

    public Refusal? Write(int cpu, uint number, ulong value) => inner.Write(cpu, number, value);
}
