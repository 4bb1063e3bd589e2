using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using static ZeptAdmin.KernelArguments.KernelArgumentVerdict;

namespace ZeptAdmin.KernelArguments;

/// <summary>What is known of arguments: misspelled, deprecated, contradictory, ignored by this processor, or not of this machine's CPUs.</summary>
/// <remarks>field.md 1.D and R1, R11; Documentation/admin-guide/kernel-parameters.txt.</remarks>
public static class KernelArgumentRules
{
    private const string Parameters = "Documentation/admin-guide/kernel-parameters.txt";

    private static readonly string[] IsolationFlags = ["nohz", "domain", "managed_irq"];

    /// <summary>Findings of the running command line, and of what comes next where it differs.</summary>
    public static Answer<KernelArgumentFinding[]> Test(Sensor sensor)
    {
        if (sensor.Files.ReadText("/proc/cmdline") is not string running)
        {
            return new Refusal(sensor.Files.Read("/proc/cmdline").Errno, "read the kernel command line", "/proc/cmdline");
        }

        KernelArgumentFinding[] now = [.. Test(sensor, running, "Running")];
        string? next = BootArguments.Next(sensor.Files).Line;
        IEnumerable<KernelArgumentFinding> then = next is null ? [] : Test(sensor, next, "Next").Where(finding => !Array.Exists(now, other => other with { CommandLine = finding.CommandLine } == finding));
        return now.Concat(then).ToArray();
    }

    /// <summary>Findings of a command line, the heaviest first.</summary>
    /// <param name="sensor">The machine whose CPUs it is about.</param>
    /// <param name="line">The command line.</param>
    /// <param name="name">What it is called in findings.</param>
    public static IEnumerable<KernelArgumentFinding> Test(Sensor sensor, string line, string name = "Given")
    {
        KernelWord[] words = KernelCommandLine.Parse(line);
        return words.SelectMany(word => OfWord(sensor, word)).Concat(Together(words)).Concat(InForce(sensor, words, name == "Running"))
            .Select(finding => finding with { CommandLine = name }).OrderByDescending(finding => finding.Severity);
    }

    private static IEnumerable<KernelArgumentFinding> OfWord(Sensor sensor, KernelWord word)
    {
        if (KnownArguments.MeantBy(word.Key) is string meant)
        {
            yield return Found(Warn, word, $"It looks like {meant} misspelled; the kernel passes over what it does not know.", $"Set-KernelArgument {meant}{(word.Value is null ? "" : "=" + word.Value)} -Remove {word.Name}", $"field.md D5; {Parameters}");
        }

        if (KnownArguments.CpuLists.Contains(word.Key))
        {
            foreach (KernelArgumentFinding finding in OfCpus(sensor, word))
            {
                yield return finding;
            }
        }

        if (Vendor(sensor.Files) is string vendor && IgnoredBy(word.Key) == vendor)
        {
            yield return Found(Warn, word, $"A processor of {vendor} ignores it.", $"Set-KernelArgument -Remove {word.Name}", $"field.md {RowOf(word.Key)}");
        }

        (KernelArgumentVerdict Severity, string Problem, string Remedy, string Row)? known = (word.Key, word.Value) switch
        {
            ("isolcpus", _) => (Note, "It is deprecated since 2017 in favour of cpusets, and nothing balances load within the set: a process that is not pinned stays on one CPU. For pinned workers this module keeps it.", "", "D1"),
            ("nohz_full", _) => (Note, "It does nothing for Zeek, the talk says, and S1 sets it: it helps where one thing runs on a CPU, and costs at each system call. This module leaves it out.", "", "D3, R11"),
            ("intel_idle.max_cstate" or "processor.max_cstate", "0") => (Note, "0 turns the driver off rather than idle states: acpi_idle takes over.", "", "D5"),
            ("intel_idle.max_cstate" or "processor.max_cstate", "1") => (Note, "The talk's C1; S1 found that full turbo needs C3. This module limits wake-up latency instead.", "Start-CpuLatencyLimit", "D5, E1, R1"),
            ("pcie_aspm", "off") => (Note, "off leaves links as the firmware set them, which may be with ASPM on; the policy is what turns it off.", "Set-KernelArgument pcie_aspm.policy=performance -Remove pcie_aspm", "D6"),
            ("selinux" or "apparmor", "0") => (Note, "S1's advice of its time; this module does not recommend to turn protection off.", "", "D7"),
            ("audit", "1") => (Note, "S1 keeps it; each audited system call costs.", "", "D7"),
            ("mce", "ignore_ce") => (Warn, "It hides errors of memory that were corrected, the first sign of a failing module.", $"Set-KernelArgument -Remove {word.Name}", "D8"),
            ("threadirqs", _) => (Warn, "Interrupts run in threads that have to be scheduled first: no source advises it.", $"Set-KernelArgument -Remove {word.Name}", "D11"),
            ("idle", "poll") => (Warn, "Idle CPUs run at full power and take turbo from the others: no source advises it.", "Start-CpuLatencyLimit", "D11"),
            ("intel_pstate", "disable") => (Note, "The talk turns P-states off; S1 leaves them on for turbo and sets the governor performance. This module follows S1.", "Set-CpuFrequencyPolicy -Governor performance", "B3, E2, R1"),
            _ => null,
        };
        if (known is (KernelArgumentVerdict severity, string problem, string remedy, string row))
        {
            yield return Found(severity, word, problem, remedy, $"field.md {row}; {Parameters}");
        }
    }

    private static IEnumerable<KernelArgumentFinding> OfCpus(Sensor sensor, KernelWord word)
    {
        CpuList present = Present(sensor.Files);
        if (Cpus(word, present) is not CpuList cpus)
        {
            yield return Found(Fail, word, "Its value is no list of CPUs (0-3,8).", "", $"field.md {RowOf(word.Key)}; {Parameters}");
            yield break;
        }

        CpuList absent = cpus.Except(present);
        if (!absent.IsEmpty && !present.IsEmpty)
        {
            yield return Found(Fail, word, $"This machine has no CPU {absent}; it has {present}.", "", $"field.md {RowOf(word.Key)}");
        }

        if (word.Key is "isolcpus" or "nohz_full" && !present.IsEmpty && present.IsSubsetOf(cpus))
        {
            yield return Found(Fail, word, "It leaves no CPU to the rest of the system.", "", $"field.md {RowOf(word.Key)}");
        }
    }

    private static IEnumerable<KernelArgumentFinding> Together(KernelWord[] words)
    {
        if (Find(words, "iommu", "pt") is KernelWord through && Array.Exists(words, word => (word.Key is "intel_iommu" or "amd_iommu") && word.Value == "off"))
        {
            yield return Found(Warn, through, "The IOMMU is turned off beside it, so that nothing passes through; pt is the compromise, off the talk's way.", "Set-KernelArgument iommu=pt -Remove intel_iommu, amd_iommu", "field.md D4, B5");
        }

        if (Find(words, "intel_iommu", "pt") is KernelWord misplaced)
        {
            yield return Found(Warn, misplaced, "intel_iommu does not know pt.", "Set-KernelArgument iommu=pt -Remove intel_iommu", "field.md D4");
        }

        if (Find(words, "pcie_aspm", "off") is not null && words.FirstOrDefault(word => word.Key == "pcie_aspm.policy") is { Text: not null } policy)
        {
            yield return Found(Warn, policy, "pcie_aspm=off beside it keeps the kernel from applying any policy.", "Set-KernelArgument -Remove pcie_aspm", "field.md D6");
        }

        KernelWord isolated = words.LastOrDefault(word => word.Key == "isolcpus");
        KernelWord interrupts = words.LastOrDefault(word => word.Key == "irqaffinity");
        if (isolated.Text is not null && interrupts.Text is not null && Cpus(isolated, CpuList.Empty) is CpuList set && Cpus(interrupts, CpuList.Empty) is CpuList irqs && set.Overlaps(irqs))
        {
            yield return Found(Warn, interrupts, $"It sends interrupts to CPU {set.Intersect(irqs)}, which isolcpus keeps free.", "", "field.md D9, D1");
        }

        KernelWord callbacks = words.LastOrDefault(word => word.Key == "rcu_nocbs");
        if (isolated.Text is not null && callbacks is { Text: not null, Value: not null } && Cpus(isolated, CpuList.Empty) is CpuList kept && Cpus(callbacks, CpuList.Empty) is CpuList free && !kept.IsSubsetOf(free))
        {
            yield return Found(Warn, callbacks, $"CPU {kept.Except(free)} is isolated, and runs RCU's callbacks still.", $"Set-KernelArgument rcu_nocbs={kept}", "field.md D2");
        }

        foreach (IGrouping<string, KernelWord> same in words.Where(word => KnownArguments.CpuLists.Contains(word.Key) || word.Key is "iommu" or "mitigations" or "intel_idle.max_cstate").GroupBy(word => word.Key))
        {
            if (same.Select(word => word.Value).Distinct().Count() > 1)
            {
                yield return Found(Warn, same.Last(), $"It is given {same.Count()} times, with different values: {string.Join(", ", same.Select(word => word.Text))}.", $"Set-KernelArgument {same.Last().Text}", $"field.md {RowOf(same.Key)}; {Parameters}");
            }
        }
    }

    // What the kernel made of the line that it was given.
    private static IEnumerable<KernelArgumentFinding> InForce(Sensor sensor, KernelWord[] words, bool isRunning)
    {
        (string Key, string Path)[] told = isRunning ? [("isolcpus", "/sys/devices/system/cpu/isolated"), ("nohz_full", "/sys/devices/system/cpu/nohz_full")] : [];
        foreach ((string key, string path) in told)
        {
            KernelWord word = words.LastOrDefault(word => word.Key == key);
            string? text = sensor.Files.ReadText(path);
            CpuList? now = text is "(null)" ? CpuList.Empty : CpuList.TryParse(text, out CpuList? list) ? list : null;
            if (word.Text is not null && now is not null && Cpus(word, Present(sensor.Files)) is CpuList wanted && !wanted.Equals(now))
            {
                yield return Found(Fail, word, $"The kernel was told so and has {(now.IsEmpty ? "none" : now.ToString())}: it did not take it, or is built without.", "", $"field.md {RowOf(word.Key)}; {path}");
            }
        }
    }

    /// <summary>CPUs that a value means; null when it is no list.</summary>
    internal static CpuList? Cpus(KernelWord word, CpuList present)
    {
        string value = word.Value ?? "";
        if (word.Key == "isolcpus")
        {
            string[] parts = value.Split(',');
            value = string.Join(',', parts.SkipWhile(IsolationFlags.Contains));
        }

        if (value == "all" || (value.Length == 0 && word.Key == "rcu_nocbs"))
        {
            return present;
        }

        // N is the last CPU (Documentation/admin-guide/kernel-parameters.rst).
        value = present.IsEmpty ? value : value.Replace("N", present.AsSpan()[^1].ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return value.Length > 0 && CpuList.TryParse(value, out CpuList? list) ? list : null;
    }

    private static CpuList Present(FileTree files) => files.ReadCpuList("/sys/devices/system/cpu/present") ?? CpuList.Empty;

    private static KernelWord? Find(KernelWord[] words, string key, string value)
    {
        int place = Array.FindLastIndex(words, word => word.Key == key && word.Value == value);
        return place < 0 ? null : words[place];
    }

    // Arguments of one maker's processors, by the maker that ignores them.
    private static string? IgnoredBy(string key) => key switch
    {
        "intel_idle.max_cstate" or "intel_iommu" or "intel_pstate" => "AMD",
        "amd_iommu" or "amd_pstate" => "Intel",
        _ => null,
    };

    private static string? Vendor(FileTree files)
    {
        string? line = files.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("vendor_id", StringComparison.Ordinal));
        return line is null ? null : line.Contains("AuthenticAMD", StringComparison.Ordinal) ? "AMD" : line.Contains("GenuineIntel", StringComparison.Ordinal) ? "Intel" : null;
    }

    private static KernelArgumentFinding Found(KernelArgumentVerdict severity, KernelWord word, string problem, string remedy, string reference) =>
        new()
        {
            Severity = severity,
            Argument = word.Text,
            Problem = problem,
            Remedy = remedy,
            Row = reference.Split(' ', ',', ';')[1],
            Reference = reference,
        };

    // The row that an argument belongs to.
    private static string RowOf(string key) => key switch
    {
        "isolcpus" => "D1",
        "rcu_nocbs" => "D2",
        "nohz_full" => "D3",
        "iommu" or "intel_iommu" or "amd_iommu" => "D4",
        "irqaffinity" or "kthread_cpus" => "D9",
        "mitigations" => "B12",
        "intel_pstate" or "amd_pstate" => "E2",
        _ => "D5",
    };
}
