using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Tests.Irqs;

/// <summary>What Intel's set_irq_affinity does to /proc/irq, faults included, told in our own words from reading it: the yardstick of the five modes.</summary>
internal static class SetIrqAffinity
{
    /// <summary>Runs a mode on one interface; the CPU of each interrupt that it writes, by interrupt.</summary>
    public static (int Irq, int Cpu)[] Run(SmallMachine machine, string interfaceName, params string[] words)
    {
        int[] cores = Cores(machine, interfaceName, words);
        int[] irqs = Interrupts(machine, interfaceName);

        // A counter goes round over the cores; the queue's number plays no part.
        return [.. irqs.Select((irq, turn) => (irq, cores[turn % cores.Length])).OrderBy(pair => pair.irq)];
    }

    private static int[] Cores(SmallMachine machine, string interfaceName, string[] words)
    {
        // Anything but a positive number, -1 among it, becomes node 0.
        int node = Math.Max(0, machine.Files.ReadInt32($"/sys/class/net/{interfaceName}/device/numa_node") ?? 0);
        return words[0] switch
        {
            "all" => Expand(machine, "/sys/devices/system/cpu/online"),
            "local" => Expand(machine, $"/sys/devices/system/node/node{node}/cpulist"),
            "remote" => Expand(machine, $"/sys/devices/system/node/node{(words.Length > 1 ? words[1] : node == 0 ? "1" : "0")}/cpulist"),
            "one" => [words.Length > 1 ? int.Parse(words[1], CultureInfo.InvariantCulture) : 0],
            _ => [.. words[0].Split(',').SelectMany(part => CpuList.Parse(part).ToArray())],
        };
    }

    // Lines of /proc/interrupts, in its order, with NAME-...TxRx; where there is none, with the name anywhere.
    private static int[] Interrupts(SmallMachine machine, string interfaceName)
    {
        string[] lines = [.. Encoding.UTF8.GetString(machine.Contents["/proc/interrupts"]).Split('\n').Skip(1)];
        string[] found = Array.FindAll(lines, line => Regex.IsMatch(line, interfaceName + "-.*TxRx"));
        if (found.Length == 0)
        {
            found = Array.FindAll(lines, line => line.Contains(interfaceName, StringComparison.Ordinal));
        }

        return [.. found.Select(line => int.Parse(line.Split(':')[0], CultureInfo.InvariantCulture))];
    }

    private static int[] Expand(SmallMachine machine, string path) => machine.Files.ReadCpuList(path)!.ToArray();
}
