using ZeptAdmin.Zeek;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>Q2: a source of Zeek 9 that receives mirrored traffic takes the tunnel that comes to its port.</summary>
internal sealed class MirrorSourceCheck() : Check(
    "Q2.MirrorSource",
    CheckCategory.Cloud,
    "Traffic Mirroring of AWS and Packet Mirroring by tunnel come as VXLAN to port 4789, a Gateway Load Balancer's as Geneve to port 6081. Read as the other tunnel, every packet is thrown away.",
    "field.md Q2; NEWS of Zeek 9.0; zeek-packet-source-udp")
{
    private const string Expected = "vxlan on port 4789, geneve on port 6081";

    /// <inheritdoc/>
    public override IEnumerable<CheckResult> Run(AuditSubject subject)
    {
        ZeekNode[] nodes = [.. (subject.Read(ZeekFiles.Test).Config?.Nodes ?? []).Where(node => node.Interface?.StartsWith("udp::", StringComparison.Ordinal) == true)];
        if (nodes.Length == 0)
        {
            yield return Result(NotApplicable, Machine, Expected, "no udp:: source in Zeek's configuration");
        }

        foreach (ZeekNode node in nodes)
        {
            ZeekUdpSource? source = ZeekUdpSource.Parse(node.Interface!);
            yield return source is null ? Result(Fail, node.Name, Expected, $"'{node.Interface}' is no source that Zeek takes", "New-ZeekNodeConfig -UdpSource udp::0.0.0.0:4789:vxlan")
                : (source.Port, source.Encapsulation) is (4789, "geneve" or "geneve+vxlan") or (6081, "vxlan")
                    ? Result(Warn, node.Name, Expected, $"{source.Encapsulation} on port {source.Port}", $"New-ZeekNodeConfig -UdpSource {(source.Port == 4789 ? "udp::0.0.0.0:4789:vxlan" : "udp::0.0.0.0:6081:geneve")}")
                : Result(Pass, node.Name, Expected, $"{source}, {Words.Count(node.Processes, "worker")}");
        }
    }
}
