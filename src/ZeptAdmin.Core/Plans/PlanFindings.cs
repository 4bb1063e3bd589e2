using System.Globalization;
using ZeptAdmin.KernelArguments;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Workers;

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

        if (wish.Strategy == PlanStrategy.SameCore && port.Fanout == PlanFanout.QueueMapping && port.IrqCpus.Length > 1)
        {
            yield return Find(
                port.InterfaceName,
                $"Packets stay on the core of their interrupt only if the workers join in the order of their pins, which no program promises: Zeek's workers start side by side, so do Suricata's threads. After each start, Test-AfPacketFanout {port.InterfaceName} -Interval 10 measures it, and names the Set-IrqAffinity that moves the interrupts to their workers. One worker process a queue, started one after the other, fixes the order; FANOUT_HASH (cluster_flow) needs none, and lets packets change cores. A BPF program of the group chooses a place in the same order, so it helps no more than FANOUT_QM does.",
                "field.md J6, F4");
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

    /// <summary>What a cloud's mirror does to the plan of a card.</summary>
    public static IEnumerable<PlanFinding> OfCloud(string? cloud)
    {
        if (cloud is not null)
        {
            yield return Find(
                "machine",
                $"It is in {cloud}: mirrored traffic comes in tunnels, all of one source in one outer flow, so one source meets one queue and one worker whatever the card hashes. Zeek 9 receives tunnels itself: New-ZeekNodeConfig -UdpSource udp::0.0.0.0:4789:vxlan (Traffic Mirroring), or udp::0.0.0.0:6081:geneve (a Gateway Load Balancer). Firmware, nodes and idle states are the host's.",
                "field.md Q1, Q2, Q3");
        }
    }

    /// <summary>Mistakes of the file that tells Zeek's processes now: what Invoke-NsmPlan corrects, and what it leaves to others.</summary>
    public static IEnumerable<PlanFinding> OfZeek(ConfigCheck[] checks) =>
        from check in checks
        where check.Severity.IsFinding() && (check.Line is not null || check.Id == "J1.Cluster")
        let place = check.Line is int line ? string.Create(CultureInfo.InvariantCulture, $", line {line}") : ""
        select Find($"{check.Path ?? "Zeek's configuration"}{place}", $"{check.Actual}; expected: {check.Expected}. {check.Why}", check.Reference);

    /// <summary>Mistakes of what Suricata reads now, each with its line, and what it means that Zeek is here as well.</summary>
    public static IEnumerable<PlanFinding> OfSuricata(MachineFacts machine)
    {
        foreach (ConfigCheck check in (machine.Suricata ?? []).Where(check => check.Severity.IsFinding() && check.Line is not null))
        {
            yield return Find(string.Create(CultureInfo.InvariantCulture, $"{check.Path ?? "Suricata's configuration"}, line {check.Line}"), $"{check.Actual}; expected: {check.Expected}. {check.Why}", check.Reference);
        }

        if (machine is { HasZeek: true, Suricata: not null })
        {
            yield return Find("machine", "Zeek and Suricata are both here, and the plan gives workers of both the same CPUs. Where both are to capture, plan for one of them and place the other by hand; where one is not used, leave its rows out (Invoke-NsmPlan -Kind).", "field.md J8, J9, L4");
        }
    }

    /// <summary>Mistakes of the command line that the machine was booted with.</summary>
    public static IEnumerable<PlanFinding> OfCommandLine(MachineFacts machine, CpuList isolated, PlanCpus[] roles)
    {
        HashSet<string> told = [];
        foreach (KernelWord word in KernelCommandLine.Parse(machine.CommandLine))
        {
            PlanFinding? finding = word.Key switch
            {
                "intel_idle.max_cstates" or "processor.max_cstates" => Find(
                    CommandLine, $"'{word.Name}' is a spelling mistake for '{KnownArguments.MeantBy(word.Key)}', which the kernel passes over without a word. The plan limits the wake-up latency of its CPUs instead, live.", "the talk; field.md D5"),
                "pcie_aspm" when word.Value == "off" => Find(
                    CommandLine, "pcie_aspm=off leaves the links as the firmware set them, which may be with power management on; pcie_aspm.policy=performance turns it off.", "the talk; field.md D6"),
                "nohz_full" => Find(CommandLine, "nohz_full does nothing for Zeek, whose CPUs have more than one task; the plan leaves it out.", "the talk; field.md D3, R11"),
                "selinux" or "apparmor" when word.Value == "0" => Find(
                    CommandLine, $"{word.Text} turns a guard of the machine off for a gain that nobody measured; the plan does not ask for it.", "field.md D7"),
                "mce" when word.Value == "ignore_ce" => Find(CommandLine, "mce=ignore_ce hides errors of the memory; the plan does not ask for it.", "field.md D8"),
                "isolcpus" or "rcu_nocbs" => OfList(word, isolated, roles),
                _ => null,
            };
            if (finding is not null)
            {
                _ = told.Add(word.Text);
                yield return finding;
            }
        }

        // What else Test-KernelArgument finds wrong there; what follows from rows of the plan is told above.
        foreach (KernelArgumentFinding finding in machine.Arguments.Where(finding => finding.Severity != KernelArgumentVerdict.Note && finding.CommandLine == "Running" && finding.Row is not ("D1" or "D2") && !told.Contains(finding.Argument)))
        {
            yield return Find(CommandLine, $"{finding.Argument}: {finding.Problem}", finding.Reference);
        }
    }

    private static PlanFinding? OfList(KernelWord word, CpuList isolated, PlanCpus[] roles)
    {
        CpuList? given = word.Value is null ? null : KernelArgumentRules.Cpus(word, CpuList.Empty);
        if (given is null || given.Equals(isolated))
        {
            return null;
        }

        CpuList kept = given.Except(isolated);
        CpuList missing = isolated.Except(given);
        string[] roleNames = [.. roles.Where(role => role.Cpus.Overlaps(kept)).Select(role => $"{role.Cpus.Intersect(kept)} ({role.Role})")];
        string much = kept.IsEmpty ? "" : $" It takes CPUs that the plan does not give to workers: {string.Join(", ", roleNames)}.";
        string less = missing.IsEmpty ? "" : $" It leaves out CPUs of workers: {missing}.";
        return Find(CommandLine, $"{word.Name}={given} does not fit this machine.{much}{less} The plan has {isolated}.", "the talk; field.md D1, D2, A6");
    }

    private static PlanFinding Find(string target, string text, string source) => new() { Target = target, Text = text, Source = source };
}
