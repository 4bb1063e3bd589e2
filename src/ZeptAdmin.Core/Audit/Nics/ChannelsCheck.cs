using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Topology;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>I11: no more queues than CPUs to work on them.</summary>
/// <remarks>R3: one school takes one queue and spreads in software, the other a queue a worker. Both pass.</remarks>
internal sealed class ChannelsCheck() : InterfaceCheck(
    "I11.Channels",
    CheckCategory.Nic,
    "one queue, or a queue a CPU near the card at most",
    "A queue beyond the CPUs near the card shares one with another queue, or is worked on from afar. Drivers start with a queue for every CPU of the machine, which leaves none to the workers.",
    "field.md I11, R3")
{
    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        if (subject.Queues(interfaceName) is not int queues)
        {
            return Result(Unknown, interfaceName, Expected, "the machine does not tell its queues");
        }

        NsmTopology topology = subject.Topology;
        if (topology.OnlineCpus.IsEmpty)
        {
            return queues == 1
                ? Result(Pass, interfaceName, Expected, "one queue")
                : Result(Unknown, interfaceName, Expected, $"{queues} queues; the kernel shows no CPUs");
        }

        NicLocality? locality = Array.Find(topology.Nics, nic => nic.InterfaceName == interfaceName);
        CpuList near = locality is { Node: not null, LocalCpus: { IsEmpty: false } local } ? local : topology.OnlineCpus;
        string where = near.Count < topology.OnlineCpus.Count ? "CPUs near the card" : near.Count == 1 ? "CPU" : "CPUs";
        string actual = string.Create(CultureInfo.InvariantCulture, $"{Words.Count(queues, "queue")}, {near.Count} {where}");
        return Result(
            queues > near.Count ? Warn : Pass, interfaceName, Expected, actual,
            string.Create(CultureInfo.InvariantCulture, $"Set-NicChannel {Quote(interfaceName)} -Combined {near.Count} # or fewer; it resets the table and the affinity"));
    }
}
