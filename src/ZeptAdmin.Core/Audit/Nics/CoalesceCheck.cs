using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Nics;
using static ZeptAdmin.Sensors.CheckSeverity;

namespace ZeptAdmin.Audit;

/// <summary>I4, I6, I7: interrupts come at a steady rate that was chosen.</summary>
/// <remarks>R5: sources want 62, 84, 100 and 125 µs, and one adaptive mode that today's i40e refuses beside a figure. All figures pass; adaptive mode does not.</remarks>
internal sealed class CoalesceCheck() : InterfaceCheck(
    "I4.Coalescing",
    CheckCategory.Nic,
    "adaptive mode off, 20 to 125 us",
    "Adaptive coalescing guesses from the load of a moment ago and is wrong at every burst. A steady 84 us is 11,905 interrupts a second, which a ring of 512 outlasts up to 6.1 million packets a second.",
    "field.md I4, I5, I6, I7, R5")
{
    private const long Least = 20;
    private const long Most = 125;
    private const int Advised = 84;

    /// <inheritdoc/>
    protected override CheckResult Run(AuditSubject subject, string interfaceName)
    {
        if (subject.Nic(interfaceName).Try(out Nic? nic) && nic.Kind == "virtio")
        {
            return Result(NotApplicable, interfaceName, Expected, "a virtual card: the host decides when it interrupts");
        }

        Answer<NicCoalesce> answer = subject.Coalesce(interfaceName);
        if (answer.Refusal is Refusal refusal)
        {
            return Result(refusal, interfaceName, Expected);
        }

        NicCoalesce coalesce = answer.Value;
        string remedy = string.Create(CultureInfo.InvariantCulture, $"Set-NicCoalesce {Quote(interfaceName)} -AdaptiveRx $false -RxMicroseconds {Advised}");
        if (coalesce.IsAdaptiveRx)
        {
            return Result(Warn, interfaceName, Expected, "adaptive mode is on", remedy);
        }

        if (coalesce.IsRxDynamic)
        {
            string mode = string.Create(CultureInfo.InvariantCulture, $"rx-usecs {coalesce.RxMicroseconds}, with which this driver chooses the wait by load");
            return Result(Warn, interfaceName, Expected, mode, remedy);
        }

        string rate = coalesce.InterruptsPerSecond is double interrupts ? $", {Words.Number(interrupts, "#,0")} interrupts/s a queue" : ": an interrupt for every packet";
        return Result(
            coalesce.RxMicroseconds is >= Least and <= Most ? Pass : Warn,
            interfaceName,
            Expected,
            string.Create(CultureInfo.InvariantCulture, $"{coalesce.RxMicroseconds} us{(coalesce is { RxMicroseconds: 0, RxFrames: > 1 } ? $", {coalesce.RxFrames} frames" : rate)}"),
            remedy);
    }
}
