using ZeptAdmin.Linux;

namespace ZeptAdmin.Cpus;

/// <summary>Whether an idle state may be used. Its target is the name of the state, which on hybrid machines has another number on each kind of core.</summary>
/// <remarks><c>cpuidle/stateM/disable</c>: drivers/cpuidle/sysfs.c, Documentation/admin-guide/pm/cpuidle.rst; field.md E1.</remarks>
public sealed class CpuIdleStateSetting : CpuFilesSetting
{
    /// <summary>Text of a state that is on.</summary>
    internal const string On = "0";

    /// <summary>Text of a state that is off.</summary>
    internal const string Off = "1";

    /// <inheritdoc/>
    public override string Kind => "CpuIdleState";

    /// <inheritdoc/>
    protected override string Noun => "idle state";

    /// <inheritdoc/>
    protected override string Absent => CpuIdleStates.Absent;

    /// <inheritdoc/>
    protected override string Named(string target) => $"idle state '{target}'";

    /// <inheritdoc/>
    protected override string InWords(string text) => text == On ? "on" : "off";

    /// <inheritdoc/>
    private protected override string? PathOf(FileTree files, string target, int cpu)
    {
        string folder = CpuFolders.Of(cpu) + "/cpuidle";
        return files.List(folder).FirstOrDefault(state => files.ReadText($"{folder}/{state}/name") == target) is string found ? $"{folder}/{found}/disable" : null;
    }
}
