using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Flows;

/// <summary>What names a connection: two addresses, two ports where there are ports, and the protocol.</summary>
public sealed class FlowTuple
{
    private const int Tcp = 6;
    private const int Udp = 17;
    private const int Sctp = 132;

    private static readonly (string Name, byte Number)[] Names =
        [("tcp", Tcp), ("udp", Udp), ("sctp", Sctp), ("icmp", 1), ("icmp6", 58), ("gre", 47), ("esp", 50), ("ah", 51), ("unknown_transport", 0)];

    private FlowTuple(in FlowKey key, bool hasPorts)
    {
        Key = key;
        HasPorts = hasPorts;
    }

    /// <summary>Names of protocols that are understood beside numbers, for completion.</summary>
    public static IReadOnlyList<string> ProtocolNames { get; } = [.. Names.Select(pair => pair.Name)];

    /// <summary>The packet's key; its ports are 0 where they were not given.</summary>
    internal FlowKey Key { get; }

    /// <summary>True when the ports are known.</summary>
    internal bool HasPorts { get; }

    /// <summary>True for the protocols whose ports a card may hash.</summary>
    internal bool NeedsPorts => (Key.Shape & FlowKey.Ports) != 0;

    /// <summary>Source address as text.</summary>
    internal string Source => new IPAddress(Key.Source).ToString();

    /// <summary>Destination address as text.</summary>
    internal string Destination => new IPAddress(Key.Destination).ToString();

    /// <summary>Source port; null where there is none or it was not given.</summary>
    internal int? SourcePort => HasPorts ? Key.SourcePort : null;

    /// <summary>Destination port; null where there is none or it was not given.</summary>
    internal int? DestinationPort => HasPorts ? Key.DestinationPort : null;

    /// <summary>Makes the tuple of a connection.</summary>
    /// <param name="source">Source address.</param>
    /// <param name="destination">Destination address, of the same family.</param>
    /// <param name="sourcePort">Source port; null when it is not known.</param>
    /// <param name="destinationPort">Destination port; null when it is not known.</param>
    /// <param name="protocol">Protocol by name (as conn.log and Suricata write it, in any case) or number.</param>
    /// <param name="tuple">The tuple.</param>
    /// <param name="problem">Why there is none, as a sentence; null when there is.</param>
    /// <returns>True when there is one.</returns>
    public static bool TryMake(
        IPAddress source,
        IPAddress destination,
        int? sourcePort,
        int? destinationPort,
        string protocol,
        [NotNullWhen(true)] out FlowTuple? tuple,
        [NotNullWhen(false)] out string? problem)
    {
        tuple = null;
        problem = source.AddressFamily != destination.AddressFamily ? $"{source} and {destination} are not of one family."
            : !TryParseProtocol(protocol, source.AddressFamily, out byte number) ? $"'{protocol}' is no protocol: give tcp, udp, sctp, icmp or a number from 0 to 255."
            : null;
        if (problem is not null)
        {
            return false;
        }

        _ = TryParseProtocol(protocol, source.AddressFamily, out number);
        bool hasPorts = number is Tcp or Udp or Sctp;
        FlowKey key = new()
        {
            Protocol = number,
            Shape = (byte)((source.AddressFamily == AddressFamily.InterNetwork ? FlowKey.Ip4 : FlowKey.Ip6) | (hasPorts ? FlowKey.Ports : 0)),
            SourcePort = (ushort)(hasPorts ? sourcePort ?? 0 : 0),
            DestinationPort = (ushort)(hasPorts ? destinationPort ?? 0 : 0),
        };
        (key.SourceHigh, key.SourceLow) = Words(source);
        (key.DestinationHigh, key.DestinationLow) = Words(destination);
        tuple = new FlowTuple(key, hasPorts && sourcePort is not null && destinationPort is not null);
        return true;
    }

    /// <summary>The other direction.</summary>
    internal FlowTuple Reversed() => new(Key.Reversed(), HasPorts);

    // As on the wire: the bytes of an address in the order of memory, those of IPv4 in the first half of the low word.
    private static (ulong High, ulong Low) Words(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        _ = address.TryWriteBytes(bytes, out int length);
        return length == 4
            ? (0, MemoryMarshal.Read<ulong>(bytes))
            : (MemoryMarshal.Read<ulong>(bytes), MemoryMarshal.Read<ulong>(bytes[8..]));
    }

    private static bool TryParseProtocol(string text, AddressFamily family, out byte number)
    {
        string wanted = text.Trim();
        if (byte.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            return true;
        }

        wanted = wanted.ToUpperInvariant() switch
        {
            // conn.log and eve.json say icmp of both families, or name the second one in their own ways.
            "ICMP" when family == AddressFamily.InterNetworkV6 => "icmp6",
            "ICMPV6" or "IPV6-ICMP" => "icmp6",
            _ => wanted,
        };
        foreach ((string name, byte each) in Names)
        {
            if (name.Equals(wanted, StringComparison.OrdinalIgnoreCase))
            {
                number = each;
                return true;
            }
        }

        return false;
    }
}
