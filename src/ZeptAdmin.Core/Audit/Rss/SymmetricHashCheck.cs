using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;
using ZeptAdmin.Rss;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>H4: the hash gives both directions of a connection one queue.</summary>
/// <remarks>Of the key, the function and the transform; that the fields take both sides is H1's matter.</remarks>
internal sealed class SymmetricHashCheck() : RssCheck(
    "H4.SymmetricHash",
    "a symmetric key, transform or card",
    "Zeek and Suricata follow a connection only where both directions reach one worker. A drawn key sends them to two queues in all but one of N cases, and with FANOUT_QM to two workers.",
    "field.md H4, H10, H14; Documentation/networking/scaling.rst")
{
    /// <inheritdoc/>
    protected override CheckResult Run(string interfaceName, NicRss rss, AuditSubject subject)
    {
        DriverFacts? facts = DriverTable.Find(rss.Driver);
        if (facts?.Symmetry.HasFlag(SymmetryMethods.AlwaysOn) == true)
        {
            return Result(Pass, interfaceName, Expected, $"{rss.Driver} always hashes symmetrically; it needs no key for it");
        }

        if (rss.InputTransform is RssInputTransform transform and not RssInputTransform.None)
        {
            return Result(Pass, interfaceName, Expected, $"transform {Name(transform)}");
        }

        string remedy = Remedy(interfaceName, facts, subject.Kernel);
        if (rss.Function is not (null or HashFunctionCheck.Toeplitz))
        {
            return rss.Function == "xor"
                ? Result(Pass, interfaceName, Expected, "function xor, which is symmetric by itself")
                : Result(Fail, interfaceName, Expected, $"function {rss.Function}: no key makes it symmetric", remedy);
        }

        return rss switch
        {
            { Key: null } when facts?.Symmetry == SymmetryMethods.None => Result(Fail, interfaceName, Expected, $"{rss.Driver} hides its key and takes no other", remedy),
            { Key: null } => Result(Unknown, interfaceName, Expected, "the driver hides its key"),
            { IsKeySymmetric: true } => Result(Pass, interfaceName, Expected, $"symmetric key {rss.KeySummary}"),
            _ => Result(Fail, interfaceName, Expected, $"the key {rss.KeySummary} is not symmetric", remedy),
        };
    }

    /// <summary>The kernel's name of a transform, as ethtool takes it.</summary>
    internal static string Name(RssInputTransform transform) => transform switch
    {
        RssInputTransform.SymmetricXor => "symmetric-xor",
        RssInputTransform.SymmetricOrXor => "symmetric-or-xor",
        _ => transform.ToString(),
    };

    private static string Remedy(string interfaceName, DriverFacts? facts, KernelVersion? kernel)
    {
        const string Otherwise = "use FANOUT_HASH (Zeek) or cluster_flow (Suricata), which hash in the kernel and symmetrically";
        return facts switch
        {
            { KeySetting: KeySetting.No } => $"{facts.Driver} takes no other key: {Otherwise}",
            { KeySetting: KeySetting.Recent } => $"Set-NicRss {Quote(interfaceName)} -Symmetric # kernels before late 2026 refuse it (this one: {kernel?.ToString() ?? "not known"}); then {Otherwise}",
            _ => $"Set-NicRss {Quote(interfaceName)} -Symmetric",
        };
    }
}
