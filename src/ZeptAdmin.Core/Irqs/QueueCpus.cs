using System.Globalization;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Irqs;

/// <summary>Queues of an interface as sysfs shows them, with the CPUs of their packet steering.</summary>
/// <remarks>/sys/class/net/IF/queues/{rx-N/rps_cpus,tx-N/xps_cpus}: hexadecimal masks (net/core/net-sysfs.c); field.md F2, F7.</remarks>
internal sealed class QueueCpus
{
    private readonly FileTree _files;
    private readonly string _folder;

    /// <summary>Counts the queues of an interface.</summary>
    public QueueCpus(FileTree files, string interfaceName)
    {
        _files = files;
        _folder = $"/sys/class/net/{interfaceName}/queues";
        foreach (string name in files.List(_folder))
        {
            RxCount += name.StartsWith("rx-", StringComparison.Ordinal) ? 1 : 0;
            TxCount += name.StartsWith("tx-", StringComparison.Ordinal) ? 1 : 0;
        }
    }

    /// <summary>Receive queues in use; 0 when the machine does not tell.</summary>
    public int RxCount { get; }

    /// <summary>Transmit queues in use; 0 when the machine does not tell.</summary>
    public int TxCount { get; }

    /// <summary>CPUs to which RPS hands on packets of a receive queue; empty when it is off, null when it cannot be read.</summary>
    public CpuList? Rps(int queue) => ReadMask(string.Create(CultureInfo.InvariantCulture, $"{_folder}/rx-{queue}/rps_cpus"));

    /// <summary>CPUs whose packets choose a transmit queue; empty when XPS is off, null when it cannot be read: the kernel has none for a single queue.</summary>
    public CpuList? Xps(int queue) => ReadMask(string.Create(CultureInfo.InvariantCulture, $"{_folder}/tx-{queue}/xps_cpus"));

    /// <summary>CPUs to which RPS hands on packets of any receive queue.</summary>
    public CpuList AllRps()
    {
        CpuList all = CpuList.Empty;
        for (int queue = 0; queue < RxCount; queue++)
        {
            all = all.Union(Rps(queue) ?? CpuList.Empty);
        }

        return all;
    }

    private CpuList? ReadMask(string path) => IrqFiles.Mask(_files.ReadText(path));
}
