using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Cpus;

/// <summary>One attribute of frequency policies: <c>scaling_governor</c>, <c>energy_performance_preference</c>, <c>scaling_min_freq</c>, <c>scaling_max_freq</c>.</summary>
/// <remarks>Its places are policies, each known by its number. drivers/cpufreq/cpufreq.c, intel_pstate.c, amd-pstate.c; field.md E2.</remarks>
public sealed class CpuFrequencySetting : CpuFilesSetting
{
    /// <inheritdoc/>
    public override string Kind => "CpuFrequency";

    /// <inheritdoc/>
    protected override string Noun => "frequency policy";

    /// <inheritdoc/>
    protected override string Place => "policy";

    /// <inheritdoc/>
    protected override string Absent => CpuFrequencyPolicies.Absent;

    /// <inheritdoc/>
    protected override string Named(string target) => target switch
    {
        "scaling_governor" => "frequency governor",
        "energy_performance_preference" => "energy preference",
        "scaling_min_freq" => "lowest frequency (kHz)",
        "scaling_max_freq" => "highest frequency (kHz)",
        _ => target,
    };

    /// <inheritdoc/>
    /// <remarks>The folder of a CPU is a link to that of its policy: only the policy's own number counts.</remarks>
    private protected override IEnumerable<int> CpusOf(Sensor sensor, string target) =>
        CpuFrequencyPolicies.Folders(sensor.Files).Select(found => found.Policy).Where(policy => PathOf(sensor.Files, target, policy) is not null);

    /// <inheritdoc/>
    private protected override string? PathOf(FileTree files, string target, int cpu)
    {
        string policy = $"{CpuFolders.Root}/cpufreq/policy{cpu}";
        string path = $"{(files.Exists(policy) ? policy : CpuFolders.Of(cpu) + "/cpufreq")}/{target}";
        return files.Exists(path) ? path : null;
    }

    /// <inheritdoc/>
    private protected override string? Explain(Errno errno) => errno switch
    {
        Errno.EBUSY => "With the governor performance there is no other energy preference.",
        Errno.EINVAL => "The driver does not take this value.",
        _ => null,
    };
}

/// <summary>Whether turbo may be used: <c>intel_pstate/no_turbo</c>, which is the other way about, or <c>cpufreq/boost</c>.</summary>
/// <remarks>Documentation/admin-guide/pm/intel_pstate.rst, cpufreq.rst (The boost File); field.md E3.</remarks>
public sealed class CpuTurboSetting : FileSetting
{
    /// <summary>Files that may be there, below the folder of CPUs.</summary>
    internal static readonly string[] Targets = ["intel_pstate/no_turbo", "cpufreq/boost"];

    /// <inheritdoc/>
    public override string Kind => "CpuTurbo";

    /// <inheritdoc/>
    protected override string Noun => "turbo switch";

    /// <inheritdoc/>
    public override string Describe(string target, Newtonsoft.Json.Linq.JToken before, Newtonsoft.Json.Linq.JToken after) =>
        $"Turn turbo {(IsOn(target, after.ToString() == "1") ? "on" : "off")} ({target})";

    /// <summary>Where a switch is.</summary>
    internal static string Path(string target) => $"{CpuFolders.Root}/{target}";

    /// <summary>Whether turbo is on, of the switch.</summary>
    internal static bool IsOn(string target, bool isSet) => target.EndsWith("no_turbo", StringComparison.Ordinal) ? !isSet : isSet;

    /// <summary>The text that turns turbo on or off.</summary>
    internal static string Text(string target, bool isOn) => IsOn(target, isSet: true) == isOn ? "1" : "0";

    /// <inheritdoc/>
    protected override string PathOf(string target) => Path(target);

    /// <inheritdoc/>
    protected override string? Explain(Errno errno) => errno == Errno.EPERM ? "The firmware has turbo off; its setup has the switch." : null;
}
