using System.Text;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Plans;

/// <summary>Files of udev (systemd.link) that set a card while it appears, before anything else sees it; only keys that the installed systemd knows.</summary>
/// <remarks>
/// The first file that matches a card stands in the place of the distribution's own, so each repeats the lines of that one: names and addresses stay.
/// Cards are matched by their place on PCI, which no driver and no rename alters.
/// </remarks>
internal static class PlanLinkFiles
{
    private const string Default = "/usr/lib/systemd/network/99-default.link";

    // The keys' names stand in the program that reads them (link-config-gperf.gperf).
    private static readonly string[] Programs = ["/usr/bin/udevadm", "/usr/lib/systemd/systemd-udevd", "/lib/systemd/systemd-udevd"];

    /// <summary>A file for each port; none where systemd or the card's place is not known.</summary>
    public static IEnumerable<(string Path, string Text)> Of(FileTree files, NsmPlan plan, string folder, string mark)
    {
        string? program = Array.Find(Programs, files.Exists);
        string[] defaults = [.. files.ReadLines(Default).Select(line => line.Trim()).SkipWhile(line => line != "[Link]").Skip(1).TakeWhile(line => !line.StartsWith('[')).Where(line => line.Length > 0 && !line.StartsWith('#'))];
        if (program is null || defaults.Length == 0)
        {
            yield break;
        }

        ReadOnlyMemory<byte> code = files.Read(program).Bytes;
        foreach (PlanPort port in plan.Ports)
        {
            string[] keys = [.. Keys(plan, port).Where(key => Knows(code, key.Name)).Select(key => $"{key.Name}={key.Value}")];
            if (keys.Length > 0 && AddressOf(files, port.InterfaceName) is string address)
            {
                yield return ($"{folder}/10-zeptadmin-{plan.Name}-{port.InterfaceName}.link", $"{mark}\n[Match]\nPath=pci-{address}\n\n[Link]\n{string.Join('\n', defaults)}\n{string.Join('\n', keys)}\n");
            }
        }
    }

    private static IEnumerable<(string Name, string Value)> Keys(NsmPlan plan, PlanPort port)
    {
        foreach (PlanRow row in plan.Rows.Where(row => row.Target.Split('/')[0] == port.InterfaceName))
        {
            (string, string)? key = row.Kind switch
            {
                PlanRowKind.Queues => ("CombinedChannels", row.Value),
                PlanRowKind.RxRing => ("RxBufferSize", row.Value),
                PlanRowKind.Coalescing => ("RxCoalesceSec", $"{row.Value}us"),
                _ => row.Target[port.InterfaceName.Length..] switch
                {
                    "/rx-gro" => ("GenericReceiveOffload", YesNo(row)),
                    "/rx-lro" => ("LargeReceiveOffload", YesNo(row)),
                    "/tx-tcp-segmentation" => ("TCPSegmentationOffload", YesNo(row)),
                    "/tx-tcp6-segmentation" => ("TCP6SegmentationOffload", YesNo(row)),
                    "/tx-generic-segmentation" => ("GenericSegmentationOffload", YesNo(row)),
                    "/rx-ntuple-filter" => ("NTupleFilter", YesNo(row)),
                    "/rx-gro-hw" => ("GenericReceiveOffloadHardware", YesNo(row)),
                    "/rx-vlan-hw-parse" => ("ReceiveVLANCTAGHardwareAcceleration", YesNo(row)),
                    _ => null,
                },
            };
            if (key is (string name, string value))
            {
                yield return (name, value);
            }

            if (row.Kind == PlanRowKind.Coalescing)
            {
                yield return ("UseAdaptiveRxCoalesce", "no");
            }

            // systemd's policies are all interrupts to CPU 0 (single) or one for each CPU of the machine (spread): the second is no plan's, and a list
            // there is not (link_apply_irq_affinity of link-config.c).
            if (row.Kind == PlanRowKind.IrqAffinity && port.IrqCpus.All(cpu => cpu == 0))
            {
                yield return ("IRQAffinityPolicy", "single");
            }

            if (row.Kind == PlanRowKind.Pause)
            {
                yield return ("RxFlowControl", YesNo(row));
                yield return ("TxFlowControl", YesNo(row));
            }
        }
    }

    private static string YesNo(PlanRow row) => row.Value == "on" ? "yes" : "no";

    private static bool Knows(ReadOnlyMemory<byte> code, string key) => code.Span.IndexOf(Encoding.ASCII.GetBytes($"Link.{key}\0")) >= 0;

    private static string? AddressOf(FileTree files, string interfaceName) => Topology.PciAddresses.In(files.Resolve($"/sys/class/net/{interfaceName}/device") ?? "").LastOrDefault();
}
