using System.Globalization;
using System.Text;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Irqs;

/// <summary>What the machine says of one interrupt, whichever device it belongs to.</summary>
internal sealed class IrqFiles(FileTree files)
{
    private readonly ProcInterrupts _interrupts = ProcInterrupts.Parse(files.ReadText("/proc/interrupts") ?? "");
    // Linux 6.12 made the bits tell (c7718e5c76d4, genirq/proc: Correctly set file permissions for affinity control files).
    private readonly bool _modesTell = KernelVersion.Of(files) >= new KernelVersion(6, 12);

    /// <summary>True when the machine knows the interrupt.</summary>
    public bool Exists(int irq) => _interrupts[irq] is not null || files.Exists(Folder("/proc/irq", irq)) || files.Exists(Folder("/sys/kernel/irq", irq));

    /// <summary>Interrupts that have a handler, ascending, each with the names of its handlers.</summary>
    public IEnumerable<(int Irq, string[] Actions)> WithHandlers() =>
        _interrupts.Lines.Where(line => line.Actions.Length > 0).OrderBy(line => line.Irq).Select(line => (line.Irq, line.Actions));

    /// <summary>Names of an interrupt's handlers; empty when it has none, null when the machine does not tell.</summary>
    public string[]? Actions(int irq)
    {
        if (files.ReadText(Folder("/sys/kernel/irq", irq) + "/actions") is string actions)
        {
            return actions.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }

        return _interrupts[irq]?.Actions;
    }

    /// <summary>The record of an interrupt without its queue.</summary>
    public IrqAffinity Read(int irq, string? name)
    {
        string folder = Folder("/proc/irq", irq);
        List<string> notes = [];
        uint[] counts = _interrupts[irq]?.Counts ?? [];
        int busiest = -1;
        long sum = 0;
        for (int column = 0; column < counts.Length; column++)
        {
            sum += counts[column];
            busiest = counts[column] > 0 && (busiest < 0 || counts[column] > counts[busiest]) ? column : busiest;
        }

        return new IrqAffinity
        {
            Irq = irq,
            Name = name,
            RequestedCpus = CpuList.TryParse(ReadText(folder + "/smp_affinity_list", notes), out CpuList? requested) ? requested : null,
            EffectiveCpus = CpuList.TryParse(ReadText(folder + "/effective_affinity_list", notes), out CpuList? effective) ? effective : null,
            AffinityHint = Mask(ReadText(folder + "/affinity_hint", notes)),
            Node = files.ReadInt32(folder + "/node") is int node and >= 0 ? node : null,
            IsManaged = IsManaged(folder),
            Interrupts = counts.Length > 0 ? sum : null,
            BusiestCpu = busiest < 0 ? null : _interrupts.Cpus[busiest],
            InterruptsOnBusiestCpu = busiest < 0 ? null : counts[busiest],
            ChipName = files.ReadText(Folder("/sys/kernel/irq", irq) + "/chip_name") is { Length: > 0 } chip ? chip : null,
            Direction = IrqDirection.Other,
            MappedBy = IrqMapping.None,
            Notes = [.. notes],
        };
    }

    /// <summary>A mask in text; null when it is none.</summary>
    internal static CpuList? Mask(string? text)
    {
        return !string.IsNullOrEmpty(text) && CpuList.TryParseMask(text, out CpuList? cpus) ? cpus : null;
    }

    private static string Folder(string root, int irq) => string.Create(CultureInfo.InvariantCulture, $"{root}/{irq}");

    private bool? IsManaged(string folder)
    {
        const UnixFileMode AnyWrite = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        return files.Mode(folder + "/smp_affinity") switch
        {
            null => null,
            UnixFileMode mode when (mode & AnyWrite) == 0 => true,
            _ => _modesTell ? false : null,
        };
    }

    private string? ReadText(string path, List<string> notes)
    {
        FileAnswer answer = files.Read(path);
        if (answer.Errno.MeansForbidden())
        {
            notes.Add(new Refusal(answer.Errno, "read the content", path) { Capability = "CAP_DAC_READ_SEARCH" }.Reason);
        }

        return answer.IsKnown ? Encoding.UTF8.GetString(answer.Bytes.Span).TrimEnd('\n', '\0', ' ') : null;
    }
}
