using System.Globalization;
using System.Net;
using ZeptAdmin.Nics;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Flows;

/// <summary>Whether a rule of the receive classifier takes a flow.</summary>
internal static class FlowRuleMatch
{
    private const int Ah = 51;
    private const int Esp = 50;

    /// <summary>True when it takes all packets of the flow, false when none; null when it compares what a flow does not tell (VLAN tag, MAC address).</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="flow">One direction of a flow.</param>
    public static bool? Takes(NicFlowRule rule, FlowTuple flow)
    {
        if (!MayBe(rule.FlowType, flow.Key))
        {
            return false;
        }

        bool? verdict = rule.FlowType == FlowRuleType.Other ? null : true;
        foreach (NicFlowMatch field in rule.Fields)
        {
            switch (IsEqual(field, flow))
            {
                case false:
                    return false;
                case null:
                    verdict = null;
                    break;
            }
        }

        return verdict;
    }

    private static bool MayBe(FlowRuleType type, in FlowKey key)
    {
        bool isIp4 = (key.Shape & FlowKey.Ip4) != 0;
        return type switch
        {
            FlowRuleType.Tcp4 => isIp4 && key.Protocol == 6,
            FlowRuleType.Udp4 => isIp4 && key.Protocol == 17,
            FlowRuleType.Sctp4 => isIp4 && key.Protocol == 132,
            FlowRuleType.Ah4 => isIp4 && key.Protocol == Ah,
            FlowRuleType.Esp4 => isIp4 && key.Protocol == Esp,
            FlowRuleType.Ip4 => isIp4,
            FlowRuleType.Tcp6 => !isIp4 && key.Protocol == 6,
            FlowRuleType.Udp6 => !isIp4 && key.Protocol == 17,
            FlowRuleType.Sctp6 => !isIp4 && key.Protocol == 132,
            FlowRuleType.Ah6 => !isIp4 && key.Protocol == Ah,
            FlowRuleType.Esp6 => !isIp4 && key.Protocol == Esp,
            FlowRuleType.Ip6 => !isIp4,
            _ => true,
        };
    }

    private static bool? IsEqual(NicFlowMatch field, FlowTuple flow)
    {
        FlowKey key = flow.Key;
        return field.Field switch
        {
            FlowRuleField.SourceAddress => IsEqual(field, key.Source),
            FlowRuleField.DestinationAddress => IsEqual(field, key.Destination),
            FlowRuleField.SourcePort => flow.HasPorts ? IsEqual(field, key.SourcePort, ushort.MaxValue) : null,
            FlowRuleField.DestinationPort => flow.HasPorts ? IsEqual(field, key.DestinationPort, ushort.MaxValue) : null,
            FlowRuleField.TransportBytes => flow.HasPorts ? IsEqual(field, ((uint)key.SourcePort << 16) | key.DestinationPort, uint.MaxValue) : null,
            FlowRuleField.Protocol => IsEqual(field, key.Protocol, byte.MaxValue),
            FlowRuleField.EtherType => IsEqual(field, (key.Shape & FlowKey.Ip4) != 0 ? 0x0800u : 0x86dd, ushort.MaxValue),
            _ => null,
        };
    }

    private static bool? IsEqual(NicFlowMatch field, ReadOnlySpan<byte> address)
    {
        if (!IPAddress.TryParse(field.Value, out IPAddress? value) || value.GetAddressBytes().Length != address.Length)
        {
            return null;
        }

        byte[] wanted = value.GetAddressBytes();
        byte[] mask = field.Mask is null ? [.. Enumerable.Repeat(byte.MaxValue, wanted.Length)] : IPAddress.Parse(field.Mask).GetAddressBytes();
        for (int i = 0; i < wanted.Length; i++)
        {
            if (((wanted[i] ^ address[i]) & mask[i]) != 0)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsEqual(NicFlowMatch field, uint number, uint whole) =>
        ((Number(field.Value) ^ number) & (field.Mask is null ? whole : Number(field.Mask))) == 0;

    private static uint Number(string text) => text.StartsWith("0x", StringComparison.Ordinal)
        ? uint.Parse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
        : uint.Parse(text, CultureInfo.InvariantCulture);
}
