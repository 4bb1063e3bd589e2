using System.Globalization;
using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Xdp;

/// <summary>Reads which XDP programs interfaces have.</summary>
public static class NicXdps
{
    /// <summary>Programs of an interface; one record with mode None when it has none.</summary>
    public static Answer<NicXdp[]> Get(Sensor sensor, string interfaceName)
    {
        Answer<LinkXdp> answer = Link(sensor, interfaceName);
        if (!answer.Try(out LinkXdp link))
        {
            return answer.Refusal!;
        }

        NicXdp bare = new() { InterfaceName = interfaceName, Advice = [.. Advise(sensor, interfaceName)] };
        NicXdp[] programs =
        [
            .. ((XdpMode Mode, long Id)[])[(XdpMode.Native, link.Driver), (XdpMode.Generic, link.Generic), (XdpMode.Offload, link.Card)] is var all
                ? all.Where(program => program.Id > 0).Select(program => Describe(sensor, bare, program.Mode, program.Id))
                : [],
        ];
        return programs.Length > 0 ? programs : (NicXdp[])[bare];
    }

    /// <summary>What rtnetlink says of an interface.</summary>
    internal static Answer<LinkXdp> Link(Sensor sensor, string interfaceName) =>
        sensor.HasInterface(interfaceName) && sensor.Files.ReadInt32($"/sys/class/net/{interfaceName}/ifindex") is int index
            ? RtnetlinkXdp.Get(sensor.Netlink, index)
            : new Refusal(Errno.ENODEV, "read the XDP program", interfaceName);

    /// <summary>What to know before native XDP is used at an interface.</summary>
    public static IEnumerable<string> Advise(Sensor sensor, string interfaceName)
    {
        string? driver = sensor.Files.ReadLinkName($"/sys/class/net/{interfaceName}/device/driver")
            ?? EthtoolDriverInfo.NameOf(sensor.Ethtool, interfaceName);
        int? mtu = sensor.Files.ReadInt32($"/sys/class/net/{interfaceName}/mtu");
        XdpDriverFacts? facts = XdpDriverFacts.Find(driver);
        string unchecked_ = facts is { IsUnchecked: true } ? ", not checked against its source" : "";
        if (facts?.MostMtu is int most && mtu > most)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{driver} takes native XDP up to an MTU of {most}, not {mtu}. [{facts.Origin}{unchecked_}]");
        }

        if (facts is { Advice.Length: > 0 })
        {
            yield return $"{facts.Advice} [{facts.Origin}{unchecked_}]";
        }

        string module = (sensor.Files.ReadLinkName($"/sys/class/net/{interfaceName}/device/driver/module") ?? driver ?? "").Replace('-', '_');
        if (sensor.Files.ReadText($"/sys/module/{module}/taint") is string taint && taint.Contains('O', StringComparison.Ordinal))
        {
            yield return $"{driver} is not the kernel's own; older ones of the vendors have no XDP. [field.md N2]";
        }
    }

    private static NicXdp Describe(Sensor sensor, NicXdp bare, XdpMode mode, long id)
    {
        NicXdp known = bare with { Mode = mode, ProgramId = id };
        if (!sensor.IsLive)
        {
            return known with { NotAsked = "A snapshot keeps the program's number alone." };
        }

        Answer<BpfProgram> answer = Bpf.Program(id);
        return answer.Try(out BpfProgram? program)
            ? known with
            {
                ProgramName = program.Name,
                Tag = program.Tag,
                LoadedAfterBoot = program.Loaded,
                MapIds = program.MapIds,
                IsFilter = XdpFilterPins.IsAt(sensor.Files, bare.InterfaceName),
            }
            : known with { NotAsked = answer.Refusal!.Reason, IsFilter = XdpFilterPins.IsAt(sensor.Files, bare.InterfaceName) };
    }
}
