using System.Globalization;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Cpus;

/// <summary>Interrupts and softirqs of each CPU at one instant.</summary>
/// <param name="Interrupts">Counts by interrupt and CPU, 32 bits wide, and the names of the handlers.</param>
/// <param name="Softirqs">Counts by softirq and CPU, 32 bits wide.</param>
internal sealed record CpuTenantCounts(Dictionary<(int Irq, int Cpu), (uint Count, string Name)> Interrupts, Dictionary<(string Name, int Cpu), uint> Softirqs)
{
    /// <summary>Reads them.</summary>
    public static CpuTenantCounts Read(FileTree files)
    {
        ProcInterrupts table = ProcInterrupts.Parse(files.ReadText("/proc/interrupts") ?? "");
        Dictionary<(int, int), (uint, string)> interrupts = [];
        foreach (InterruptLine line in table.Lines)
        {
            for (int column = 0; column < table.Cpus.Length; column++)
            {
                interrupts[(line.Irq, table.Cpus[column])] = (line.Counts[column], string.Join(',', line.Actions));
            }
        }

        return new CpuTenantCounts(interrupts, ParseSoftirqs(files.ReadLines("/proc/softirqs")));
    }

    /// <summary>Reads the lines of /proc/softirqs (fs/proc/softirqs.c): a header of CPUs, a line for each softirq; one that cannot be read is passed over.</summary>
    public static Dictionary<(string Name, int Cpu), uint> ParseSoftirqs(string[] lines)
    {
        Dictionary<(string, int), uint> softirqs = [];
        int?[] cpus = lines.Length == 0 ? [] : [.. Words(lines[0]).Select(word => Topology.SysfsNames.Number(word, "CPU"))];
        foreach (string line in lines.Skip(1))
        {
            string[] words = Words(line);
            for (int column = 0; column < cpus.Length && column + 1 < words.Length; column++)
            {
                if (cpus[column] is int cpu && uint.TryParse(words[column + 1], NumberStyles.None, CultureInfo.InvariantCulture, out uint count))
                {
                    softirqs[(words[0].TrimEnd(':'), cpu)] = count;
                }
            }
        }

        return softirqs;
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
