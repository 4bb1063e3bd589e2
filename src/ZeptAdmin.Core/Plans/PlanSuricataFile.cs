using System.Globalization;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;
using ZeptAdmin.Suricata;

namespace ZeptAdmin.Plans;

/// <summary>Rows of a plan that Suricata's configuration keeps: a file of the module's own that suricata.yaml includes. suricata.yaml itself is only read.</summary>
/// <remarks>
/// Of a section that comes again, nothing of the first is left (ConfNodePrune in conf-yaml-loader.c), so that the include counts only where it comes last.
/// </remarks>
internal static class PlanSuricataFile
{
    /// <summary>Name of the file, in the folder of suricata.yaml.</summary>
    public const string Name = "zeptadmin.yaml";

    /// <summary>The main file; null when Suricata is at none of its usual places.</summary>
    /// <remarks>Not what an engine was started with: anybody may start a program of that name, and a plan is written with root's rights.</remarks>
    public static string? Main(FileTree files) => SuricataFiles.Usual(files);

    /// <summary>Where the include of a main file is.</summary>
    public static string IncludeOf(string main) => main[..(main.LastIndexOf('/') + 1)] + Name;

    /// <summary>Where a row stands: in what Suricata reads, then in the include alone.</summary>
    /// <exception cref="KernelFormatException">A file is no YAML.</exception>
    public static PlanDrift Compare(Sensor sensor, NsmPlan plan, PlanRow row, PlanDrift drift)
    {
        if (Main(sensor.Files) is not string main)
        {
            return drift with { State = PlanRowState.NotChecked, Actual = "Suricata is at none of its usual places" };
        }

        Answer<SuricataFile> read = Read(sensor, main);
        if (!read.Try(out SuricataFile? file))
        {
            return drift with { State = PlanRowState.Unknown, Actual = read.Refusal!.Reason };
        }

        (bool isSo, string now) = Now(file.Root, row);
        if (isSo)
        {
            return drift with { State = PlanRowState.InPlace, Actual = now };
        }

        string include = IncludeOf(main);
        return Written(sensor, include) is SuricataNode written && Now(written, row).IsSo
            ? drift with { State = PlanRowState.Drifted, Actual = $"{now}; '{include}' has it, and {Loss(file, main, include)}" }
            : drift with { State = PlanRowState.Drifted, Actual = now, Changes = [$"Write {row.Target}: {row.Value} into '{include}'"] };
    }

    /// <summary>The change of the include for all rows together; none where Suricata is not here, or where they are so already.</summary>
    /// <exception cref="KernelFormatException">A file is no YAML.</exception>
    public static Answer<PlannedChange[]> Changes(Sensor sensor, NsmPlan plan, PlanRow[] rows)
    {
        if (Main(sensor.Files) is not string main)
        {
            return Array.Empty<PlannedChange>();
        }

        Answer<SuricataFile> read = Read(sensor, main);
        if (!read.Try(out SuricataFile? file))
        {
            return read.Refusal!;
        }

        // What Suricata reads counts, whoever wrote it; then what is written already and only not included.
        string include = IncludeOf(main);
        if (rows.All(row => Now(file.Root, row).IsSo) || (Written(sensor, include) is SuricataNode written && rows.All(row => Now(written, row).IsSo)))
        {
            return Array.Empty<PlannedChange>();
        }

        SuricataRequest request = PlanSuricata.Request(plan, new SuricataRequest { Version = SuricataReader.Guess(file.Root) });
        Answer<SuricataWish> wish = SuricataPlacement.Decide(sensor, request);
        Answer<SuricataConfig> made = wish.Try(out SuricataWish? decided) ? SuricataConfigs.Make(decided, sensor) : wish.Refusal!;
        if (!made.Try(out SuricataConfig? config))
        {
            return made.Refusal!;
        }

        SuricataNode root = SuricataFile.Read(config.Text, include, null).Root;
        return Array.Find(rows, row => !Now(root, row).IsSo) is PlanRow odd
            ? new Refusal(Errno.EINVAL, "write Suricata's configuration", odd.Target) { Detail = $"The row has {odd.Value}, and by Ports it is {Now(root, odd).Now}: nobody could say which is meant." }
            : new SuricataConfigFileSetting().Plan(sensor, include, config.Text, mode: null, owner: null).Select<PlannedChange[]>(change => change.IsIdle ? [] : [change]);
    }

    /// <summary>What has to happen for it to come into force.</summary>
    /// <exception cref="KernelFormatException">A file is no YAML.</exception>
    public static string? After(Sensor sensor, bool isWritten)
    {
        if (Main(sensor.Files) is not string main)
        {
            return null;
        }

        string include = IncludeOf(main);
        return Read(sensor, main).Try(out SuricataFile? file) && Problem(sensor, file, main, include) is string problem ? problem
            : isWritten ? $"Suricata reads {include} at its next start: suricata -T -c {main}; systemctl restart suricata." : null;
    }

    /// <summary>Why the include does not count on a machine, as a sentence with what to do; null when it does, or where it is not there.</summary>
    /// <exception cref="KernelFormatException">A file is no YAML.</exception>
    public static PlanFinding? Find(Sensor sensor, NsmPlan plan)
    {
        PlanRow[] rows = [.. plan.Rows.Where(row => row.Kind == PlanRowKind.Suricata)];
        if (Main(sensor.Files) is not string main || !Read(sensor, main).Try(out SuricataFile? file) || rows.All(row => Now(file.Root, row).IsSo))
        {
            return null;
        }

        string include = IncludeOf(main);
        return file.Includes.Contains(include)
            ? null
            : new PlanFinding { Target = main, Text = $"It does not include '{Name}', which Invoke-NsmPlan writes beside it and without which Suricata knows nothing of the plan. Write 'include: {Name}' at its end: a section that comes again takes away all of the one before it.", Source = "field.md L1" };
    }

    private static string? Problem(Sensor sensor, SuricataFile file, string main, string include) =>
        !sensor.Files.Exists(include) ? null
        : !file.Includes.Contains(include) ? $"{main} does not include {include}, so Suricata does not read it: write 'include: {Name}' at its end, then suricata -T -c {main}; systemctl restart suricata."
        : Swallowed(file, include) is SuricataRedefinition swallowed ? $"{swallowed.Path} takes away '{swallowed.Name}' of {include} on line {Text(swallowed.Line)}: put the include at the end of {main}, then suricata -T -c {main}; systemctl restart suricata."
        : null;

    private static string Loss(SuricataFile file, string main, string include) =>
        !file.Includes.Contains(include) ? $"'{main}' does not include it"
        : Swallowed(file, include) is SuricataRedefinition swallowed ? $"line {Text(swallowed.Line)} of '{swallowed.Path}' takes '{swallowed.Name}' away"
        : "something after it is otherwise";

    private static SuricataRedefinition? Swallowed(SuricataFile file, string include) => file.Redefinitions.Find(twice => twice.FirstPath == include && twice.Path != include);

    private static Answer<SuricataFile> Read(Sensor sensor, string path) => SuricataFile.ReadText(sensor.Files, path).Select(text => SuricataFile.Read(text, path, sensor.Files));

    // The include by itself; null where there is none, or none that says anything.
    private static SuricataNode? Written(Sensor sensor, string include) =>
        SuricataFile.ReadText(sensor.Files, include).Try(out string? text) ? SuricataFile.Read(text, include, null).Root : null;

    private static (bool IsSo, string Now) Now(SuricataNode root, PlanRow row)
    {
        int slash = row.Target.LastIndexOf('/');
        return slash < 0 ? OfCpuSet(root, row) : OfInterface(root, row, row.Target[..slash], row.Target[(slash + 1)..]);
    }

    private static (bool IsSo, string Now) OfInterface(SuricataNode root, PlanRow row, string interfaceName, string key)
    {
        SuricataNode[] items = [.. root["af-packet"]?.Children ?? []];
        SuricataNode? own = Array.Find(items, item => item["interface"]?.Value == interfaceName);
        if (own is null)
        {
            return (false, $"no threads of '{interfaceName}'");
        }

        // What its own part leaves open is that of 'default'.
        string? now = own[key]?.Value ?? Array.Find(items, item => item["interface"]?.Value == "default")?[key]?.Value;
        return (now == row.Value, now ?? "not given");
    }

    private static (bool IsSo, string Now) OfCpuSet(SuricataNode root, PlanRow row)
    {
        CpuList cpus = CpuList.Of(SuricataReader.Cpus(SuricataReader.CpuSet(root, row.Target)?["cpu"]));
        if (root["threading.set-cpu-affinity"]?.AsBoolean != true || cpus.IsEmpty)
        {
            return (false, "not pinned");
        }

        // A few of the system's CPUs do for the threads that look at no packets.
        bool isSo = CpuList.TryParse(row.Value, out CpuList? wanted) && (row.Target == "management-cpu-set" ? cpus.IsSubsetOf(wanted) : cpus.Equals(wanted));
        return (isSo, cpus.ToString());
    }

    private static string Text(int line) => line.ToString(CultureInfo.InvariantCulture);
}
