using System.Globalization;
using System.Net;

namespace ZeptAdmin.Zeek;

/// <summary>A packet source of Zeek 9 that receives mirrored traffic itself: <c>udp::0.0.0.0:4789:vxlan</c> (field.md Q2).</summary>
/// <param name="Address">Address to listen on.</param>
/// <param name="Port">UDP port.</param>
/// <param name="Encapsulation">vxlan, geneve, geneve+vxlan, raw or skip=N.</param>
/// <param name="LinkType">en10mb, raw or ppp; null for the default, en10mb.</param>
/// <remarks>The form is that of zeek-packet-source-udp, which is part of Zeek since 9.0.</remarks>
internal sealed record ZeekUdpSource(string Address, int Port, string Encapsulation, string? LinkType)
{
    private const string Prefix = "udp::";
    private static readonly string[] Encapsulations = ["vxlan", "geneve", "geneve+vxlan", "raw"];
    private static readonly string[] LinkTypes = ["en10mb", "raw", "ppp"];

    /// <summary>Reads the form that Zeek takes; null when it is another.</summary>
    public static ZeekUdpSource? Parse(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        string rest = text[Prefix.Length..];
        int end = rest.StartsWith('[') ? rest.IndexOf(']', StringComparison.Ordinal) + 1 : rest.IndexOf(':', StringComparison.Ordinal);
        if (end <= 0 || end >= rest.Length || rest[end] != ':' || !IsAddress(rest[..end]))
        {
            return null;
        }

        string[] parts = rest[(end + 1)..].Split(':');
        string encapsulation = parts.Length > 1 ? parts[1] : "vxlan";
        string? link = parts.Length > 2 && parts[2].StartsWith("dlt=", StringComparison.Ordinal) ? parts[2]["dlt=".Length..] : null;
        return parts.Length <= 3
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and < 65536
            && (Encapsulations.Contains(encapsulation) || IsSkip(encapsulation))
            && (parts.Length < 3 || LinkTypes.Contains(link))
            ? new ZeekUdpSource(rest[..end], port, encapsulation, link)
            : null;
    }

    /// <summary>The form that Zeek takes.</summary>
    public override string ToString() => $"{Prefix}{Address}:{Port}:{Encapsulation}{(LinkType is null ? "" : $":dlt={LinkType}")}";

    /// <summary>The script that tells networks of several tunnels apart by their number; null when the tunnel has none.</summary>
    public string? ConnKeyScript => Encapsulation switch
    {
        "vxlan" => "policy/frameworks/conn_key/packet_source/udp/vxlan_vni",
        "geneve" => "policy/frameworks/conn_key/packet_source/udp/geneve_vni",
        "geneve+vxlan" => "policy/frameworks/conn_key/packet_source/udp/geneve_vxlan_vni",
        _ => null,
    };

    private static bool IsSkip(string encapsulation) =>
        encapsulation.StartsWith("skip=", StringComparison.Ordinal) && int.TryParse(encapsulation["skip=".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static bool IsAddress(string text) =>
        text.StartsWith('[')
            ? IPAddress.TryParse(text[1..^1], out IPAddress? six) && six.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
            : text.Count(c => c == '.') == 3 && IPAddress.TryParse(text, out _);
}
