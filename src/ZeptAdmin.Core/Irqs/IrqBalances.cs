using System.Globalization;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Irqs;

/// <summary>Reads the state of irqbalance.</summary>
public static class IrqBalances
{
    private const string Program = "irqbalance";

    private static readonly string[] ProgramPaths = ["/usr/sbin/irqbalance", "/usr/bin/irqbalance", "/sbin/irqbalance"];

    // Debian and Ubuntu; Red Hat and SUSE; Arch.
    private static readonly string[] SettingsPaths = ["/etc/default/irqbalance", "/etc/sysconfig/irqbalance", "/etc/irqbalance.env"];

    /// <summary>State of irqbalance, without asking systemd: from processes, links and files, and from itself what it was told while it runs.</summary>
    public static IrqBalance Get(Sensor sensor)
    {
        FileTree files = sensor.Files;
        int? process = FindProcess(files);
        UnitState unit = SystemdUnits.StateOf(files, Program + ".service");
        string? settingsPath = Array.Find(SettingsPaths, files.Exists);
        Dictionary<string, string> settings = EnvironmentFile.Parse(settingsPath is null ? "" : files.ReadText(settingsPath) ?? "");
        bool isInstalled = process is not null || unit != UnitState.NotFound || settingsPath is not null || FindProgram(files) is not null;

        string[] arguments = process is int id ? RunningArguments(files, id) : FileArguments(settings);
        IrqBalanceOptions options = IrqBalanceOptions.Parse(arguments);
        List<string> notes = [.. options.Notes];
        (CpuList? banned, string? source) = isInstalled ? BannedCpus(settings, notes) : (null, null);
        if (isInstalled && source is null)
        {
            (banned, source) = DefaultBannedCpus(files);
        }

        return new IrqBalance
        {
            State = process is not null ? IrqBalanceState.Running : isInstalled ? IrqBalanceState.Stopped : IrqBalanceState.NotInstalled,
            ProcessId = process,
            UnitState = unit,
            BannedCpus = banned,
            BannedCpusSource = source,
            BannedIrqs = process is int running && sensor.IsLive && IrqBalanceSocket.Ask(running) is { } told ? [.. options.BannedIrqs.Union(told.Irqs)] : options.BannedIrqs,
            BannedModules = options.BannedModules,
            PolicyScript = options.PolicyScript,
            IsOneShot = options.IsOneShot || settings.GetValueOrDefault("IRQBALANCE_ONESHOT") is { Length: > 0 },
            Arguments = arguments,
            SettingsPath = settingsPath,
            DefaultCpus = IrqFiles.Mask(files.ReadText("/proc/irq/default_smp_affinity")),
            Notes = [.. notes],
        };
    }

    /// <summary>Process of irqbalance; null when it does not run.</summary>
    internal static int? FindProcess(FileTree files) => ProcessFolders.Find(files, Program);

    private static string[] RunningArguments(FileTree files, int process) =>
        files.ReadText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/cmdline")) is string line
            ? [.. line.Split('\0', StringSplitOptions.RemoveEmptyEntries).Skip(1)]
            : [];

    /// <summary>What the file tells irqbalance to leave alone when it starts: CPUs (null when it says nothing) and interrupts.</summary>
    internal static (CpuList? Cpus, int[] Irqs) InFile(string text)
    {
        Dictionary<string, string> settings = EnvironmentFile.Parse(text);
        return (BannedCpus(settings, []).Cpus, IrqBalanceOptions.Parse(FileArguments(settings)).BannedIrqs);
    }

    /// <summary>The file that the settings are in, or would be in; null when irqbalance is not installed.</summary>
    internal static string? FindSettings(FileTree files)
    {
        if (Array.Find(SettingsPaths, files.Exists) is string present)
        {
            return present;
        }

        if (FindProgram(files) is null)
        {
            return null;
        }

        // Without the file, the unit tells where it would be: the last one that it takes settings from.
        IEnumerable<string> named =
            from folder in SystemdUnits.Folders
            from line in files.ReadLines($"{folder}/{Program}.service").Reverse()
            where line.StartsWith("EnvironmentFile=", StringComparison.Ordinal)
            let path = line["EnvironmentFile=".Length..].Trim().TrimStart('-')
            where SettingsPaths.Contains(path)
            select path;
        return named.FirstOrDefault() ?? (files.Exists("/etc/sysconfig") ? SettingsPaths[1] : SettingsPaths[0]);
    }

    /// <summary>True when the installed irqbalance knows the setting that is a list (1.8.0 and later); taken to be so when the program is not there to be read.</summary>
    internal static bool KnowsList(FileTree files) =>
        FindProgram(files) is not string program
        || !files.Read(program).IsKnown
        || files.Read(program).Bytes.Span.IndexOf("IRQBALANCE_BANNED_CPULIST"u8) >= 0;

    private static string? FindProgram(FileTree files) => Array.Find(ProgramPaths, files.Exists);

    private static string[] FileArguments(Dictionary<string, string> settings) =>
        EnvironmentFile.Words(settings.GetValueOrDefault("IRQBALANCE_ARGS") ?? settings.GetValueOrDefault("OPTIONS") ?? "");

    // The order of setup_banned_cpus: the mask that it calls discarded still goes first; an empty setting is none.
    private static (CpuList? Cpus, string? Source) BannedCpus(Dictionary<string, string> settings, List<string> notes)
    {
        const string Mask = "IRQBALANCE_BANNED_CPUS";
        const string List = "IRQBALANCE_BANNED_CPULIST";
        if (settings.GetValueOrDefault(Mask) is { Length: > 0 } mask)
        {
            CpuList? cpus = IrqFiles.Mask(mask.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? mask[2..] : mask);
            Complain(cpus, Mask, mask, notes);
            return (cpus, Mask);
        }

        if (settings.GetValueOrDefault(List) is { Length: > 0 } list)
        {
            CpuList? cpus = CpuList.TryParse(list, out CpuList? parsed) ? parsed : null;
            Complain(cpus, List, list, notes);
            return (cpus, List);
        }

        return (null, null);
    }

    /// <summary>CPUs that it leaves alone when nobody says otherwise.</summary>
    internal static (CpuList? Cpus, string? Source) DefaultBannedCpus(FileTree files)
    {
        // nohz_full says "(null)" on kernels built without it.
        CpuList? isolated = files.ReadCpuList("/sys/devices/system/cpu/isolated");
        CpuList? tickless = files.ReadCpuList("/sys/devices/system/cpu/nohz_full");
        return isolated is null && tickless is null
            ? (null, null)
            : ((isolated ?? CpuList.Empty).Union(tickless ?? CpuList.Empty), "isolated and nohz_full CPUs");
    }

    private static void Complain(CpuList? cpus, string setting, string value, List<string> notes)
    {
        if (cpus is null)
        {
            notes.Add($"{setting}={value} cannot be read as CPUs.");
        }
    }
}
