using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>G1: application-targeted routing is off, so that only the hash decides.</summary>
internal sealed class AtrCheck() : InterfaceCheck(
    "G1.Atr",
    CheckCategory.FlowDirector,
    "off",
    "Flow Director goes before the hash: where ATR has learned a connection from what the port sends, its packets change queue on the way and overtake each other. A port that never sends never teaches it.",
    "field.md G1; i40e_txrx.c i40e_atr; ixgbe: on while ntuple is off")
{
    // ixgbe has no flag: it does ATR exactly while exact filters are off (ixgbe_main.c, ixgbe_set_features).
    private const string WithoutFlag = "ixgbe";

    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        string? driver = subject.Driver(interfaceName);
        if (driver == WithoutFlag)
        {
            Answer<NicFeature[]> features = subject.Features(interfaceName);
            return features.Refusal is Refusal refused ? Result(refused, interfaceName, Expected)
                : Array.Exists(features.Value, feature => feature is { Feature: NtupleFilterCheck.Feature, IsOn: true })
                    ? Result(Pass, interfaceName, Expected, "off, since exact filters (ntuple) are on")
                    : Result(Warn, interfaceName, Expected, "on, since exact filters (ntuple) are off", $"Set-NicFeature {Quote(interfaceName)} {NtupleFilterCheck.Feature} -On");
        }

        if (DriverTable.Find(driver)?.AtrFlag is not string name)
        {
            return driver is null
                ? Result(Unknown, interfaceName, Expected, "the machine does not tell the driver")
                : Result(NotApplicable, interfaceName, Expected, $"{driver} has no ATR");
        }

        Answer<NicPrivateFlag[]> flags = subject.Flags(interfaceName);
        if (flags.Refusal is Refusal refusal)
        {
            return Result(refusal, interfaceName, Expected);
        }

        return Array.Find(flags.Value, flag => flag.Flag == name) switch
        {
            null => Result(NotApplicable, interfaceName, Expected, $"this {driver} has no flag {name}"),
            { IsOn: false } => Result(Pass, interfaceName, Expected, $"{name} is off"),
            _ => Result(Warn, interfaceName, Expected, $"{name} is on", $"Set-NicPrivateFlag {Quote(interfaceName)} -Flag {name} -Off"),
        };
    }
}
