using System.Globalization;
using System.Net.Sockets;
using System.Text;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Irqs;

/// <summary>Talks to a running irqbalance, which else reads its settings only when it starts.</summary>
/// <remarks>
/// sock_handle of irqbalance.c (since 1.4.0, where it was built with its user interface). It heeds root alone, known by the credentials that
/// the kernel adds to a message. Commands longer than its buffer of 500 bytes (16384 since 1.9.5) are not sent.
/// </remarks>
internal static class IrqBalanceSocket
{
    private const int LongestCommand = 499;
    private const int TimeoutMilliseconds = 2000;
    private const int SOL_SOCKET = 1;
    private const int SO_PASSCRED = 16;

    /// <summary>Where the socket of a process is.</summary>
    public static string PathOf(int process) => string.Create(CultureInfo.InvariantCulture, $"/run/irqbalance/irqbalance{process}.sock");

    /// <summary>Tells what to leave alone from now on; null CPUs stand for those that the process was started with.</summary>
    /// <returns>False when the process cannot be told.</returns>
    public static bool Tell(int process, CpuList? cpus, int[] irqs)
    {
        string banned = irqs.Length == 0 ? "NONE" : string.Join(' ', irqs.Select(irq => irq.ToString(CultureInfo.InvariantCulture)));
        return Send(process, $"settings cpus {(cpus is null ? "NULL" : cpus)}") is not null && Send(process, $"settings ban irqs {banned}") is not null;
    }

    /// <summary>What it says that it leaves alone, and its interval in seconds; null when it does not answer.</summary>
    /// <remarks>CPUs are those of its last look, interrupts those that it was told.</remarks>
    public static (CpuList Cpus, int[] Irqs, int Seconds)? Ask(int process)
    {
        string[] words = (Send(process, "setup") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int banned = Array.IndexOf(words, "BANNED");
        return words.Length >= 4 && words[0] == "SLEEP" && banned >= 0 && banned + 1 < words.Length
            && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
            && IrqFiles.Mask(words[banned + 1].TrimEnd('\0')) is CpuList cpus
            ? (cpus, [.. Numbers(words)], seconds)
            : null;
    }

    private static IEnumerable<int> Numbers(string[] words)
    {
        for (int i = 0; i + 1 < words.Length; i++)
        {
            if (words[i] == "IRQ" && int.TryParse(words[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int irq))
            {
                yield return irq;
            }
        }
    }

    // Its answer, empty where the command has none.
    private static string? Send(int process, string command)
    {
        if (command.Length > LongestCommand)
        {
            return null;
        }

        try
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { SendTimeout = TimeoutMilliseconds, ReceiveTimeout = TimeoutMilliseconds };
            socket.SetRawSocketOption(SOL_SOCKET, SO_PASSCRED, BitConverter.GetBytes(1));
            socket.Connect(new UnixDomainSocketEndPoint(PathOf(process)));
            _ = socket.Send(Encoding.ASCII.GetBytes(command + "\0"));
            StringBuilder answer = new();
            byte[] buffer = new byte[4096];
            for (int count = socket.Receive(buffer); count > 0; count = socket.Receive(buffer))
            {
                _ = answer.Append(Encoding.ASCII.GetString(buffer, 0, count));
            }

            return answer.ToString();
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
