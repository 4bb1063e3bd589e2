using System.Globalization;

namespace ZeptAdmin.Tests;

/// <summary>Where the interrupts of this very machine go: remembered, and put back.</summary>
internal sealed class InterruptsOfThisMachine
{
    /// <summary>File of /proc/irq and its content, as it was at first.</summary>
    public IReadOnlyDictionary<string, string> Before { get; } =
        Directory.GetDirectories("/proc/irq").Select(folder => Path.Combine(folder, "smp_affinity_list")).ToDictionary(path => path, File.ReadAllText);

    /// <summary>CPUs that an interrupt is sent to.</summary>
    public static string CpusOf(int irq) => File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/irq/{irq}/smp_affinity_list")).Trim();

    /// <summary>File and content as they are now.</summary>
    public Dictionary<string, string> Now() => Before.Keys.ToDictionary(path => path, File.ReadAllText);

    /// <summary>Puts back what is not as it was.</summary>
    public void PutBack()
    {
        foreach ((string path, string content) in Before.Where(item => File.ReadAllText(item.Key) != item.Value))
        {
            File.WriteAllText(path, content);
        }
    }
}
