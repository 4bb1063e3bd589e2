using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary>One rule of the receive classifier, as the kernel gives it.</summary>
/// <param name="Spec">What it matches and where the packets go.</param>
/// <param name="RssContext">RSS context that spreads the packets, when the flow type has <c>FLOW_RSS</c>; else 0.</param>
public sealed record EthtoolFlowRule(EthtoolRxFlowSpec Spec, uint RssContext);

/// <summary>The rules of a card.</summary>
/// <param name="Rules">Rules, in the order of the driver.</param>
/// <param name="Size">Places that its table has; null when the driver does not say.</param>
/// <param name="PicksLocations">True when the driver finds the place of a new rule itself (<c>RX_CLS_LOC_SPECIAL</c>).</param>
public sealed record EthtoolFlowTable(EthtoolFlowRule[] Rules, uint? Size, bool PicksLocations);

/// <summary>
/// Reads and writes the rules of the receive classifier (<c>ETHTOOL_GRXCLSRLCNT</c>, <c>GRXCLSRLALL</c>, <c>GRXCLSRULE</c>;
/// <c>ETHTOOL_SRXCLSRLINS</c>, <c>SRXCLSRLDEL</c>).
/// </summary>
public static class EthtoolFlowRules
{
    /// <summary>Most rules that a driver may claim; i40e has 7,680 places, mlx5 some 65,536.</summary>
    public const int MostRules = 1 << 20;

    private const string Operation = "read the flow rules";

    /// <summary>All rules, in the order of the driver.</summary>
    /// <exception cref="KernelFormatException">The number of rules cannot be, or did not hold still.</exception>
    public static Answer<EthtoolFlowTable> Get(IEthtoolChannel channel, string interfaceName)
    {
        for (int i = 0; i < EthtoolRequest.Attempts; i++)
        {
            Answer<EthtoolRxNfc> counted = EthtoolRequest.Get<EthtoolRxNfc>(channel, interfaceName, EthtoolCommands.ETHTOOL_GRXCLSRLCNT, Operation);
            if (!counted.Try(out EthtoolRxNfc count) || count.RuleCount == 0)
            {
                return counted.Select(empty => new EthtoolFlowTable([], SizeOf(empty), Picks(empty)));
            }

            if (count.RuleCount > MostRules)
            {
                throw EthtoolRequest.Wild(interfaceName, EthtoolCommands.ETHTOOL_GRXCLSRLCNT, $"{count.RuleCount} rules");
            }

            (Errno errno, uint[]? locations) = GetLocations(channel, interfaceName, count.RuleCount);
            EthtoolFlowRule[]? rules = null;
            if (locations is not null)
            {
                (errno, rules) = GetRules(channel, interfaceName, locations);
            }

            if (rules is not null)
            {
                return new EthtoolFlowTable(rules, SizeOf(count), Picks(count));
            }

            // EMSGSIZE: a rule was added in between; ENOENT, EINVAL: one was taken away.
            if (errno is not (Errno.None or Errno.EMSGSIZE or Errno.ENOENT or Errno.EINVAL))
            {
                return EthtoolRequest.Refuse(errno, Operation, interfaceName);
            }
        }

        throw EthtoolRequest.Wild(interfaceName, EthtoolCommands.ETHTOOL_GRXCLSRLALL, "the rules differ each time");
    }

    /// <summary>Inserts a rule at the location that its specification names; <c>RX_CLS_LOC_ANY</c> leaves it to the driver.</summary>
    /// <returns>Null when the driver took it.</returns>
    public static Refusal? Insert(IEthtoolChannel channel, string interfaceName, EthtoolFlowRule rule) =>
        EthtoolRequest.Set(
            channel, interfaceName, EthtoolCommands.ETHTOOL_SRXCLSRLINS, "add a flow rule", new EthtoolRxNfc { Flow = rule.Spec, RuleCount = rule.RssContext });

    /// <summary>Deletes the rule at a location; null when the driver did.</summary>
    public static Refusal? Delete(IEthtoolChannel channel, string interfaceName, uint location) =>
        EthtoolRequest.Set(
            channel,
            interfaceName,
            EthtoolCommands.ETHTOOL_SRXCLSRLDEL,
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"remove flow rule {location}"),
            new EthtoolRxNfc { Flow = new EthtoolRxFlowSpec { Location = location } });

    private static bool Picks(EthtoolRxNfc count) => (count.Data & EthtoolFlows.RX_CLS_LOC_SPECIAL) != 0;

    // The size of the table, plus a flag when the driver picks locations itself; 0 from drivers that say neither.
    private static uint? SizeOf(EthtoolRxNfc count)
    {
        uint size = (uint)count.Data & ~EthtoolFlows.RX_CLS_LOC_SPECIAL;
        return size > 0 ? size : null;
    }

    private static (Errno Errno, uint[]? Locations) GetLocations(IEthtoolChannel channel, string interfaceName, uint count)
    {
        byte[] buffer = new byte[Math.Max(Unsafe.SizeOf<EthtoolRxNfc>(), EthtoolRxNfc.RuleLocationsOffset + ((int)count * sizeof(uint)))];
        EthtoolRxNfc request = new() { Command = EthtoolCommands.ETHTOOL_GRXCLSRLALL, RuleCount = count };
        MemoryMarshal.Write(buffer, in request);
        Errno errno = channel.Send(interfaceName, buffer);
        uint answered = MemoryMarshal.Read<EthtoolRxNfc>(buffer).RuleCount;
        return errno == Errno.None && answered == count
            ? (errno, MemoryMarshal.Cast<byte, uint>(buffer.AsSpan(EthtoolRxNfc.RuleLocationsOffset, (int)count * sizeof(uint))).ToArray())
            : (errno, null);
    }

    private static (Errno Errno, EthtoolFlowRule[]? Rules) GetRules(IEthtoolChannel channel, string interfaceName, uint[] locations)
    {
        EthtoolFlowRule[] rules = new EthtoolFlowRule[locations.Length];
        for (int i = 0; i < locations.Length; i++)
        {
            EthtoolRxNfc request = new() { Flow = new EthtoolRxFlowSpec { Location = locations[i] } };
            Answer<EthtoolRxNfc> answer = EthtoolRequest.Get(channel, interfaceName, EthtoolCommands.ETHTOOL_GRXCLSRULE, Operation, request);
            if (!answer.Try(out EthtoolRxNfc rule))
            {
                return (answer.Refusal!.Errno, null);
            }

            bool spreads = (rule.Flow.FlowType & EthtoolFlows.FLOW_RSS) != 0;
            rules[i] = new EthtoolFlowRule(rule.Flow, spreads ? rule.RuleCount : 0);
        }

        return (Errno.None, rules);
    }
}
