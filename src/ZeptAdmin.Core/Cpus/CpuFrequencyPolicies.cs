using System.Globalization;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Topology;

namespace ZeptAdmin.Cpus;

/// <summary>Reads and plans frequency policies.</summary>
public static class CpuFrequencyPolicies
{
    /// <summary>Why a machine has none.</summary>
    internal const string Absent =
        "The kernel has no cpufreq driver in use: a virtual machine, whose host chooses the frequency, or firmware that keeps it to itself (CPPC or P-states off).";

    /// <summary>The governor that every sensor wants (field.md E2).</summary>
    internal const string Performance = "performance";

    private static readonly CpuFrequencySetting Setting = new();
    private static readonly CpuTurboSetting Turbo = new();

    /// <summary>Policies of the machine, by number.</summary>
    public static Answer<CpuFrequencyPolicy[]> Get(Sensor sensor)
    {
        CpuFrequencyPolicy[] policies = [.. Folders(sensor.Files).Select(found => Read(sensor.Files, found.Policy, found.Folder))];
        return policies.Length == 0 ? new Refusal(Errno.EOPNOTSUPP, "read the frequency policies", "machine") { Detail = Absent } : policies;
    }

    /// <summary>The changes that bring policies to what is wanted.</summary>
    /// <param name="sensor">The machine.</param>
    /// <param name="policies">The policies that are meant.</param>
    /// <param name="wish">What is wanted of them.</param>
    public static Answer<PlannedChange>[] Plan(Sensor sensor, CpuFrequencyPolicy[] policies, CpuFrequencyWish wish)
    {
        if (Refuse(policies, wish) is Refusal refusal)
        {
            return [refusal];
        }

        CpuList cpus = CpuList.Of(policies.Select(policy => policy.Policy));
        (string Attribute, string? Value) governor = ("scaling_governor", wish.Governor);
        (string Attribute, string? Value) preference = ("energy_performance_preference", wish.EnergyPreference);
        (string Attribute, string? Value) lower = ("scaling_min_freq", Text(wish.MinimumKilohertz));
        (string Attribute, string? Value) upper = ("scaling_max_freq", Text(wish.MaximumKilohertz));

        // With the governor performance the kernel takes no other preference (EBUSY), so the preference goes first on the way to it, and comes
        // back last. The upper limit goes first on the way up: a lower limit above it is refused by old kernels and cut by new ones.
        bool toPerformance = wish.Governor == Performance;
        bool up = wish.MaximumKilohertz is null || policies.All(policy => policy.MaximumKilohertz <= wish.MaximumKilohertz);
        (string Attribute, string? Value)[] order =
        [
            toPerformance ? preference : governor, toPerformance ? governor : preference,
            up ? upper : lower, up ? lower : upper,
        ];
        Answer<PlannedChange>[] turbo = wish.IsTurboEnabled is bool isOn ? [PlanTurbo(sensor, isOn)] : [];
        IEnumerable<Answer<PlannedChange>> attributes = order.Where(item => item.Value is not null).Select(item => Setting.Plan(sensor, item.Attribute, cpus, item.Value!));

        // Without turbo the highest frequency of the hardware may be a lower one.
        return wish.IsTurboEnabled == true ? [.. turbo, .. attributes] : [.. attributes, .. turbo];
    }

    /// <summary>The frequency switch of the machine and whether turbo is on; null where there is none.</summary>
    internal static (string Target, bool IsOn)? FindTurbo(FileTree files)
    {
        foreach (string target in CpuTurboSetting.Targets)
        {
            if (files.ReadInt32(CpuTurboSetting.Path(target)) is int value)
            {
                return (target, CpuTurboSetting.IsOn(target, value == 1));
            }
        }

        return null;
    }

    /// <summary>Folders of policies: those of the machine, or those of CPUs before Linux 4.3.</summary>
    internal static IEnumerable<(int Policy, string Folder)> Folders(FileTree files)
    {
        string root = CpuFolders.Root + "/cpufreq";
        (int, string)[] policies =
        [
            .. from name in files.List(root)
               let number = SysfsNames.Number(name, "policy")
               where number is not null && files.Exists($"{root}/{name}/scaling_driver")
               orderby number
               select (number.Value, $"{root}/{name}"),
        ];
        return policies.Length > 0
            ? policies
            : from cpu in CpuFolders.Cpus(files)
              let folder = CpuFolders.Of(cpu) + "/cpufreq"
              where files.Exists(folder + "/scaling_driver") && (First(files, folder) ?? cpu) == cpu
              select (cpu, folder);
    }

    private static int? First(FileTree files, string folder) => Related(files, folder) is { IsEmpty: false } cpus ? cpus.First : null;

    // "0 4" with spaces, not a list with commas (drivers/cpufreq/cpufreq.c cpufreq_show_cpus).
    private static CpuList Related(FileTree files, string folder) =>
        CpuList.Of((files.ReadText(folder + "/related_cpus") ?? files.ReadText(folder + "/affected_cpus") ?? "")
            .Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)
            .Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int cpu) && cpu <= CpuList.Highest ? cpu : -1)
            .Where(cpu => cpu >= 0));

    private static CpuFrequencyPolicy Read(FileTree files, int policy, string folder)
    {
        string? driver = files.ReadText(folder + "/scaling_driver");
        CpuList cpus = Related(files, folder);
        return new CpuFrequencyPolicy
        {
            Policy = policy,
            Cpu = cpus.IsEmpty ? CpuList.Of([policy]) : cpus,
            Driver = driver,
            DriverMode = driver switch
            {
                "intel_pstate" or "intel_cpufreq" => files.ReadText(CpuFolders.Root + "/intel_pstate/status"),
                not null when driver.StartsWith("amd-pstate", StringComparison.Ordinal) => files.ReadText(CpuFolders.Root + "/amd_pstate/status"),
                _ => null,
            },
            Governor = files.ReadText(folder + "/scaling_governor"),
            AvailableGovernors = Words(files, folder + "/scaling_available_governors"),
            EnergyPreference = files.ReadText(folder + "/energy_performance_preference"),
            AvailableEnergyPreferences = Words(files, folder + "/energy_performance_available_preferences"),
            MinimumKilohertz = files.ReadInt64(folder + "/scaling_min_freq"),
            MaximumKilohertz = files.ReadInt64(folder + "/scaling_max_freq"),
            HardwareMinimumKilohertz = files.ReadInt64(folder + "/cpuinfo_min_freq"),
            HardwareMaximumKilohertz = files.ReadInt64(folder + "/cpuinfo_max_freq"),
            BaseKilohertz = files.ReadInt64(folder + "/base_frequency"),
            CurrentKilohertz = files.ReadInt64(folder + "/scaling_cur_freq"),
            IsTurboEnabled = FindTurbo(files)?.IsOn,
        };
    }

    private static Answer<PlannedChange> PlanTurbo(Sensor sensor, bool isOn) =>
        FindTurbo(sensor.Files) is (string target, _)
            ? Turbo.Read(sensor, target).Select(before => new PlannedChange(Turbo, target, before, new JValue(CpuTurboSetting.Text(target, isOn))))
            : new Refusal(Errno.EOPNOTSUPP, "set turbo", "machine") { Detail = "The driver has no switch for it; the firmware's setup has." };

    // What the kernel would refuse with a bare EINVAL, or cut without a word.
    private static Refusal? Refuse(CpuFrequencyPolicy[] policies, CpuFrequencyWish wish)
    {
        foreach (CpuFrequencyPolicy policy in policies)
        {
            string target = $"CPU {policy.Cpu}";
            if (wish.Governor is string governor && policy.AvailableGovernors.Length > 0 && !policy.AvailableGovernors.Contains(governor))
            {
                return new Refusal(Errno.EINVAL, $"set the governor '{governor}'", target) { Detail = $"There are: {string.Join(", ", policy.AvailableGovernors)}." };
            }

            if (wish.EnergyPreference is string epp)
            {
                if (policy.EnergyPreference is null)
                {
                    return new Refusal(Errno.EOPNOTSUPP, "set the energy preference", target) { Detail = $"The driver {policy.Driver} has none here." };
                }

                if (policy.AvailableEnergyPreferences.Length > 0 && !policy.AvailableEnergyPreferences.Contains(epp) && !byte.TryParse(epp, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                {
                    return new Refusal(Errno.EINVAL, $"set the energy preference '{epp}'", target) { Detail = $"There are: {string.Join(", ", policy.AvailableEnergyPreferences)}, and 0 to 255." };
                }

                if (wish.Governor is null && policy.Governor == Performance && epp is not (Performance or "0"))
                {
                    return new Refusal(Errno.EBUSY, $"set the energy preference '{epp}'", target) { Detail = "With the governor performance there is no other; set -Governor with it." };
                }
            }

            long? least = wish.MinimumKilohertz ?? policy.MinimumKilohertz;
            long? most = wish.MaximumKilohertz ?? policy.MaximumKilohertz;
            bool isOutside = wish.MinimumKilohertz < policy.HardwareMinimumKilohertz || (wish.IsTurboEnabled != true && wish.MaximumKilohertz > policy.HardwareMaximumKilohertz) || least > most;
            if ((wish.MinimumKilohertz ?? wish.MaximumKilohertz) is not null && isOutside)
            {
                return new Refusal(Errno.EINVAL, string.Create(CultureInfo.InvariantCulture, $"set the frequency to {least} to {most} kHz"), target)
                {
                    Detail = string.Create(CultureInfo.InvariantCulture, $"The hardware does {policy.HardwareMinimumKilohertz} to {policy.HardwareMaximumKilohertz} kHz."),
                };
            }
        }

        return null;
    }

    private static string[] Words(FileTree files, string path) => files.ReadText(path)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What is wanted of frequency policies; what is null stays as it is.</summary>
public sealed record CpuFrequencyWish
{
    /// <summary>Governor.</summary>
    public string? Governor { get; init; }

    /// <summary>Energy preference (EPP).</summary>
    public string? EnergyPreference { get; init; }

    /// <summary>Lowest frequency, in kHz.</summary>
    public int? MinimumKilohertz { get; init; }

    /// <summary>Highest frequency, in kHz.</summary>
    public int? MaximumKilohertz { get; init; }

    /// <summary>Whether turbo may be used, on the whole machine.</summary>
    public bool? IsTurboEnabled { get; init; }
}
