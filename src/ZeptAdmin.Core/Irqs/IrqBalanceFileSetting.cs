using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Irqs;

/// <summary>The settings file of irqbalance. Its target is the path, its value the whole text, so that undoing brings back every byte.</summary>
/// <remarks>A running irqbalance is told as well where it listens, since it reads the file only when it starts.</remarks>
public sealed class IrqBalanceFileSetting : TextFileSetting
{
    /// <inheritdoc/>
    public override string Kind => "IrqBalanceFile";

    /// <inheritdoc/>
    protected override string Noun => "the settings of irqbalance";

    /// <inheritdoc/>
    public override Refusal? Write(Sensor sensor, string target, JToken value)
    {
        if (base.Write(sensor, target, value) is Refusal refusal)
        {
            return refusal;
        }

        if (sensor.IsLive && IrqBalances.FindSettings(sensor.Files) == target && IrqBalances.FindProcess(sensor.Files) is int process && sensor.Files.Exists(IrqBalanceSocket.PathOf(process)))
        {
            // That it could not be told is found out when it is asked (IrqBalanceBans.Standing).
            (CpuList? cpus, int[] irqs) = IrqBalances.InFile((string?)value[Text] ?? "");
            _ = IrqBalanceSocket.Tell(process, cpus, irqs);
        }

        return null;
    }

    /// <inheritdoc/>
    public override string Describe(string target, JToken before, JToken after)
    {
        (CpuList? cpus, int[] irqs) = IrqBalances.InFile((string?)before[Text] ?? "");
        (CpuList? newCpus, int[] newIrqs) = IrqBalances.InFile((string?)after[Text] ?? "");
        List<string> moves = [];
        if (!Equals(cpus, newCpus))
        {
            moves.Add($"banned CPUs from {Words(cpus)} to {Words(newCpus)}");
        }

        if (!irqs.SequenceEqual(newIrqs))
        {
            moves.Add($"banned interrupts from {Words(irqs)} to {Words(newIrqs)}");
        }

        return $"Set in '{target}' {(moves.Count == 0 ? "what irqbalance leaves alone" : string.Join(", ", moves))}";
    }

    /// <summary>The change that gives the file these bans; null leaves CPUs or interrupts as they are.</summary>
    /// <exception cref="KernelFormatException">The file is in a form that is not understood.</exception>
    internal Answer<PlannedChange> Plan(Sensor sensor, string path, CpuList? cpus, int[]? irqs) =>
        Plan(sensor, path, text => IrqBalanceFile.Edit(path, text, cpus, irqs, IrqBalances.KnowsList(sensor.Files)));

    private static string Words(CpuList? cpus) => cpus is null ? "its default" : $"'{cpus}'";

    private static string Words(int[] irqs) => irqs.Length == 0 ? "none" : string.Join(", ", irqs);
}
