using System.Globalization;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Plans;

/// <summary>Names what is wrong on the machine as it is, and what the plan does instead.</summary>
internal static class PlanFindings
{
    private const string CommandLine = "kernel command line";

    /// <summary>What is worth knowing of a port.</summary>
    public static IEnumerable<PlanFinding> OfPort(PortFacts facts, PlanPort port, PlanWish wish)
    {
        if (facts.AsymmetryReason is string reason && port.IrqCpus.Length > 1)
        {
            yield return Find(port.InterfaceName, $"Its hash cannot be made the same for both directions, so the kernel spreads (FANOUT_HASH) and not the queue. {reason}", "field.md H4, H10, Q1");
        }

        if (facts.IsRouted)
        {
            yield return Find(port.InterfaceName, "It carries the default route: the machine is reached through it, so it stays able to talk (ARP, IPv6), and every reset of it cuts you off for a moment. Use -ConfirmWithin.", "field.md I10");
        }

        if (!facts.HasChannels && wish.Strategy != PlanStrategy.SingleQueue && facts.MostQueues is int queues && queues != port.IrqCpus.Length)
        {
            yield return Find(port.InterfaceName, string.Create(CultureInfo.InvariantCulture, $"The number of its queues ({queues}) cannot be set here; the plan uses {port.IrqCpus.Length} of them by the indirection table."), "field.md I11");
        }

        if (port.IrqCpus.Length > 1 && (port.IrqCpus.Length & (port.IrqCpus.Length - 1)) != 0)
        {
            yield return Find(port.InterfaceName, string.Create(CultureInfo.InvariantCulture, $"{port.IrqCpus.Length} queues do not divide an indirection table evenly: some queues get one entry more (128 entries on 6 queues are 3 % of skew, 512 entries less)."), "field.md H8");
        }
    }

    /// <summary>Mistakes of the command line that the machine was booted with.</summary>
    public static IEnumerable<PlanFinding> OfCommandLine(string commandLine, CpuList isolated, PlanCpus[] roles)
    {
        string[] words = commandLine.Split([' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries);
        foreach (string word in words)
        {
            string name = word.Split('=')[0];
            PlanFinding? finding = name switch
            {
                "intel_idle.max_cstates" or "processor.max_cstates" => Find(
                    CommandLine, $"'{name}' is a spelling mistake for '{name[..^1]}', which the kernel passes over without a word. The plan limits the wake-up latency of its CPUs instead, live.", "the talk; field.md D5"),
                "pcie_aspm" when word == "pcie_aspm=off" => Find(
                    CommandLine, "pcie_aspm=off leaves the links as the firmware set them, which may be with power management on; pcie_aspm.policy=performance turns it off.", "the talk; field.md D6"),
                "nohz_full" => Find(CommandLine, "nohz_full does nothing for Zeek, whose CPUs have more than one task; the plan leaves it out.", "the talk; field.md D3, R11"),
                "selinux" or "apparmor" when word.EndsWith("=0", StringComparison.Ordinal) => Find(
                    CommandLine, $"{word} turns a guard of the machine off for a gain that nobody measured; the plan does not ask for it.", "field.md D7"),
                "mce" when word == "mce=ignore_ce" => Find(CommandLine, "mce=ignore_ce hides errors of the memory; the plan does not ask for it.", "field.md D8"),
                "isolcpus" or "rcu_nocbs" => OfList(name, word, isolated, roles),
                _ => null,
            };
            if (finding is not null)
            {
                yield return finding;
            }
        }
    }

    private static PlanFinding? OfList(string name, string word, CpuList isolated, PlanCpus[] roles)
    {
        // isolcpus=domain,managed_irq,4-7: flags stand before the list.
        string list = string.Join(',', word[(name.Length + 1)..].Split(',').Where(part => part.Length > 0 && char.IsAsciiDigit(part[0])));
        if (word.Length <= name.Length + 1 || !CpuList.TryParse(list, out CpuList? given) || given.Equals(isolated))
        {
            return null;
        }

        CpuList kept = given.Except(isolated);
        CpuList missing = isolated.Except(given);
        string[] roleNames = [.. roles.Where(role => role.Cpus.Overlaps(kept)).Select(role => $"{role.Cpus.Intersect(kept)} ({role.Role})")];
        string much = kept.IsEmpty ? "" : $" It takes CPUs that the plan does not give to workers: {string.Join(", ", roleNames)}.";
        string less = missing.IsEmpty ? "" : $" It leaves out CPUs of workers: {missing}.";
        return Find(CommandLine, $"{name}={list} does not fit this machine.{much}{less} The plan has {isolated}.", "the talk; field.md D1, D2, A6");
    }

    private static PlanFinding Find(string target, string text, string source) => new() { Target = target, Text = text, Source = source };
}
