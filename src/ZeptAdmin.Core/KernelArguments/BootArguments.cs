using System.Text;
using ZeptAdmin.Changes;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.KernelArguments;

/// <summary>Reads the kernel command line, in force and next, and plans another.</summary>
public static class BootArguments
{
    private const string Running = "/proc/cmdline";

    private const string OwnHead = "# Made by Set-KernelArgument of ZeptAdmin. Undo-NsmChange takes it back.\n";

    /// <summary>The arguments of a machine: those in force first, in their order, then those to come.</summary>
    public static Answer<KernelArgument[]> Get(Sensor sensor)
    {
        if (sensor.Files.ReadText(Running) is not string line)
        {
            return new Refusal(sensor.Files.Read(Running).Errno, "read the kernel command line", Running);
        }

        (string? next, string? from) = Next(sensor.Files);
        KernelWord[] running = KernelCommandLine.Parse(line);
        KernelWord[] coming = KernelCommandLine.Parse(next ?? "");
        return running.Concat(coming).Select(word => word.Key).Where(key => !IsOfLoader(key)).Distinct(StringComparer.Ordinal).Select(key =>
        {
            string[] now = Values(running, key);
            string[] then = Values(coming, key);
            return new KernelArgument
            {
                Name = key,
                Running = now,
                Next = then,
                Change = next is null ? KernelArgumentChange.Unknown
                    : now.SequenceEqual(then) ? KernelArgumentChange.None
                    : now.Length == 0 ? KernelArgumentChange.Added
                    : then.Length == 0 ? KernelArgumentChange.Removed
                    : KernelArgumentChange.Changed,
                NextFrom = from,
            };
        }).ToArray();
    }

    /// <summary>The command line that the boot loader gives next, and the file that says so; null where nothing does.</summary>
    internal static (string? Line, string? File) Next(FileTree files)
    {
        if (BootFiles.NextEntry(files) is string entry && files.ReadText(entry) is string text)
        {
            string options = BootText.EntryOptions(text);
            return options.Contains('$', StringComparison.Ordinal) ? (null, null) : (options, entry);
        }

        return BootFiles.Menu(files) is string menu && files.ReadText(menu) is string made && BootText.MenuOptions(made) is string line ? (line, menu) : (null, null);
    }

    /// <summary>The changes that give the next boot these arguments, in the place of those of their names, and take others away.</summary>
    /// <param name="sensor">The machine.</param>
    /// <param name="arguments">Arguments wanted: <c>isolcpus=1-3</c>.</param>
    /// <param name="removed">Names of arguments to take away.</param>
    /// <exception cref="KernelFormatException">A file is in a form that is not understood; nothing is changed.</exception>
    public static Answer<PlannedChange[]> Plan(Sensor sensor, IEnumerable<string> arguments, IEnumerable<string> removed)
    {
        KernelWord[] wanted = [.. arguments.Select(KernelCommandLine.Word)];
        HashSet<string> gone = [.. removed.Select(KernelCommandLine.Key)];
        foreach (string text in wanted.Select(word => word.Text).Concat(gone))
        {
            if (BootText.Problem(text) is string problem)
            {
                return new Refusal(Errno.EINVAL, "write the kernel argument", text) { Detail = $"It is not written, for {problem}." };
            }
        }

        FileTree files = sensor.Files;
        IEnumerable<Answer<PlannedChange>>? changes = BootFiles.Find(files) switch
        {
            BootLoader.Entries => OfEntries(sensor, wanted, gone),
            BootLoader.Grub => OfGrub(sensor, wanted, gone),
            BootLoader.ClearLinux => OfPieces(sensor, wanted, gone),
            _ => null,
        };
        if (changes is null)
        {
            return new Refusal(Errno.EOPNOTSUPP, "change the kernel command line", sensor.Name)
            {
                Detail = "No boot loader was found that keeps it (GRUB, entries of systemd-boot or RHEL, clr-boot-manager); the host of a virtual machine may give it.",
            };
        }

        List<PlannedChange> planned = [];
        foreach (Answer<PlannedChange> change in changes)
        {
            if (!change.Try(out PlannedChange? one))
            {
                return change.Refusal!;
            }

            if (!one.IsIdle)
            {
                planned.Add(one);
            }
        }

        return planned.ToArray();
    }

    /// <summary>The change of the menu that the settings above call for; null where the boot loader reads the edited files itself.</summary>
    /// <remarks>To be asked for when the settings are written: it is made of them.</remarks>
    public static Answer<PlannedChange>? PlanMenu(Sensor sensor, IEnumerable<string> arguments, IEnumerable<string> removed) =>
        BootFiles.Find(sensor.Files) == BootLoader.Grub
            ? new BootMenuSetting().PlanMenu(sensor, BootFiles.Menu(sensor.Files)!, [.. arguments.Select(KernelCommandLine.Word)], [.. removed.Select(KernelCommandLine.Key)])
            : default(Answer<PlannedChange>?);

    /// <summary>Names of arguments that the machine has or that matter to a sensor, each once.</summary>
    public static string[] Names(Sensor sensor) =>
    [
        .. (Get(sensor).Try(out KernelArgument[]? present) ? present.Select(argument => argument.Name) : [])
            .Concat(KnownArguments.Names).DistinctBy(KernelCommandLine.Key).Order(StringComparer.Ordinal),
    ];

    // Every entry, so that whichever is chosen has them; and the files that the entries of later kernels are made of.
    private static IEnumerable<Answer<PlannedChange>> OfEntries(Sensor sensor, KernelWord[] wanted, HashSet<string> gone)
    {
        BootFileSetting setting = new();
        foreach (string entry in BootFiles.Entries(sensor.Files))
        {
            yield return setting.PlanEdit(sensor, entry, text => BootText.EditEntry(entry, text, wanted, gone));
        }

        if (sensor.Files.Exists(BootFiles.KernelCommandLineFile))
        {
            yield return setting.PlanEdit(sensor, BootFiles.KernelCommandLineFile, text => BootText.EditLine(BootFiles.KernelCommandLineFile, text, wanted, gone));
        }

        if (sensor.Files.Exists(BootFiles.GrubDefaults))
        {
            yield return setting.PlanEdit(sensor, BootFiles.GrubDefaults, text => EditDefaults(text, wanted, gone));
        }
    }

    // What somebody else set is taken out where it is set, and what is wanted goes to a drop-in of our own.
    private static IEnumerable<Answer<PlannedChange>> OfGrub(Sensor sensor, KernelWord[] wanted, HashSet<string> gone)
    {
        BootFileSetting setting = new();
        FileTree files = sensor.Files;
        if (!files.IsFolder(BootFiles.GrubDropIns))
        {
            yield return setting.PlanEdit(sensor, BootFiles.GrubDefaults, text => EditDefaults(text, wanted, gone));
            yield break;
        }

        string[] others = [BootFiles.GrubDefaults, .. BootFiles.GrubPieces(files).Where(piece => piece != BootFiles.OwnGrubDropIn)];
        KernelWord[] elsewhere = [.. others.SelectMany(path => KernelCommandLine.Parse(BootText.ShellWords(path, Text(files, path))))];
        KernelWord[] own = [.. wanted.Where(word => elsewhere.Where(other => other.Key == word.Key).Select(other => other.Text).ToArray() is not [string only] || only != word.Text)];
        HashSet<string> moved = [.. gone, .. own.Select(word => word.Key)];
        foreach (string path in others)
        {
            yield return setting.PlanEdit(sensor, path, text => BootText.EditShell(path, text, (_, value) => KernelCommandLine.Edit(value, [], moved)));
        }

        HashSet<string> notOwn = [.. gone, .. wanted.Except(own).Select(word => word.Key)];
        yield return setting.PlanEdit(sensor, BootFiles.OwnGrubDropIn, text => text.Length == 0
            ? own.Length == 0 ? "" : $"{OwnHead}{BootText.All}=\"${BootText.All} {string.Join(' ', own.Select(word => word.Text))}\"\n"
            : BootText.EditShell(BootFiles.OwnGrubDropIn, text, (_, value) => KernelCommandLine.Edit(value, own, notOwn)));
    }

    private static IEnumerable<Answer<PlannedChange>> OfPieces(Sensor sensor, KernelWord[] wanted, HashSet<string> gone)
    {
        BootFileSetting setting = new();
        FileTree files = sensor.Files;
        HashSet<string> moved = [.. gone, .. wanted.Select(word => word.Key)];
        foreach (string piece in BootFiles.ClearPieces(files).Where(piece => piece != BootFiles.OwnClearDropIn))
        {
            yield return setting.PlanEdit(sensor, piece, text => BootText.EditLine(piece, text, [], moved));
        }

        yield return setting.PlanEdit(sensor, BootFiles.OwnClearDropIn, text => BootText.EditLine(BootFiles.OwnClearDropIn, text, wanted, gone));
    }

    private static string EditDefaults(string text, KernelWord[] wanted, HashSet<string> gone)
    {
        HashSet<string> moved = [.. gone, .. wanted.Select(word => word.Key)];
        bool isThere = false;
        string edited = BootText.EditShell(BootFiles.GrubDefaults, text, (name, value) =>
        {
            isThere |= name == BootText.All;
            return KernelCommandLine.Edit(value, name == BootText.All ? wanted : [], name == BootText.All ? gone : moved);
        });
        return isThere || wanted.Length == 0
            ? edited
            : $"{edited}{(edited.Length == 0 || edited.EndsWith('\n') ? "" : "\n")}{BootText.All}=\"{string.Join(' ', wanted.Select(word => word.Text))}\"\n";
    }

    private static string Text(FileTree files, string path) => files.Read(path) is { IsKnown: true } answer ? Encoding.UTF8.GetString(answer.Bytes.Span) : "";

    private static string[] Values(KernelWord[] words, string key) => [.. words.Where(word => word.Key == key).Select(word => word.Value ?? "")];

    // GRUB and EFI put these before what the files say; no file gives them.
    private static bool IsOfLoader(string key) => key is "BOOT_IMAGE" or "initrd";
}
