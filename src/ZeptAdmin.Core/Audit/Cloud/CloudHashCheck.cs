using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Topology;
using ZeptAdmin.Zeek;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>Q1: in a cloud, workers do not go by queues where the card's hash cannot be made symmetric.</summary>
internal sealed class CloudHashCheck() : InterfaceCheck(
    "Q1.CloudHash",
    CheckCategory.Cloud,
    "no FANOUT_QM where the card's hash cannot be made symmetric",
    "ENA of AWS keeps its key, and gVNIC of GCE lets the hash be set on some types of machines only: both directions of a connection then meet the same queue by chance. The kernel's own hash, which FANOUT_HASH goes by, is symmetric on every card.",
    "field.md Q1, H4; amzn-drivers#24; compute-virtual-ethernet-linux#55, #69")
{
    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        if (CloudMachine.Of(subject.Sensor.Files) is not string cloud)
        {
            return Result(NotApplicable, interfaceName, Expected, "not in a cloud that this module knows");
        }

        string driver = subject.Driver(interfaceName) ?? "";
        bool isFixed = DriverTable.Find(driver)?.KeySetting == KeySetting.No;
        if (!isFixed && subject.Rss(interfaceName).Refusal?.Errno.MeansUnsupported() != true)
        {
            return Result(Pass, interfaceName, Expected, $"{cloud}, {(driver.Length == 0 ? "unknown driver" : driver)}: H4.SymmetricHash tells its hash");
        }

        ZeekNode? worker = Array.Find(
            subject.Read(ZeekFiles.Test).Config?.Nodes ?? [],
            node => node.InterfaceName == interfaceName && ZeekNodeReader.IsAfPacket(node) && node.Processes > 1 && ZeekNodeReader.FanoutMode(node) == "FANOUT_QM");
        return worker is null
            ? Result(Pass, interfaceName, Expected, $"{cloud}, {driver}: its hash is its own, and Zeek does not go by its queues")
            : Result(Fail, interfaceName, Expected, $"{cloud}, {driver}: its hash is its own, and '{worker.Name}' goes by its queues", $"New-ZeekNodeConfig {Quote(interfaceName)} -FanoutMode FANOUT_HASH");
    }
}
