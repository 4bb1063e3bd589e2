using ZeptAdmin.Linux;

namespace ZeptAdmin.KernelArguments;

/// <summary>How a machine keeps its kernel command line.</summary>
internal enum BootLoader
{
    /// <summary>Nothing is known to keep it: a virtual machine whose host gives it.</summary>
    None,

    /// <summary>GRUB with a menu that grub-mkconfig makes: Debian, Ubuntu.</summary>
    Grub,

    /// <summary>Entries of the Boot Loader Specification, one file a kernel: RHEL's GRUB and systemd-boot.</summary>
    Entries,

    /// <summary>clr-boot-manager of Clear Linux.</summary>
    ClearLinux,
}

/// <summary>The files of boot loaders: where they are, and which entry boots next.</summary>
/// <remarks>uapi-group.org Boot Loader Specification (options, may repeat); systemd's kernel-install.8; Debian's grub-mkconfig; clr-boot-manager.1.</remarks>
internal static class BootFiles
{
    /// <summary>Settings that grub-mkconfig reads, and RHEL's kernel-install for new kernels.</summary>
    public const string GrubDefaults = "/etc/default/grub";

    /// <summary>Drop-ins of the settings, as Debian has them.</summary>
    public const string GrubDropIns = "/etc/default/grub.d";

    /// <summary>The module's own drop-in: last by its name, since each may set the variables anew.</summary>
    public const string OwnGrubDropIn = GrubDropIns + "/zz-zeptadmin.cfg";

    /// <summary>The command line of kernels to be installed.</summary>
    public const string KernelCommandLineFile = "/etc/kernel/cmdline";

    /// <summary>clr-boot-manager's pieces of the command line.</summary>
    public const string ClearDropIns = "/etc/kernel/cmdline.d";

    /// <summary>The module's own piece.</summary>
    public const string OwnClearDropIn = ClearDropIns + "/zeptadmin.conf";

    private static readonly string[] Menus = ["/boot/grub/grub.cfg", "/boot/grub2/grub.cfg"];

    private static readonly string[] Environments = ["/boot/grub2/grubenv", "/boot/grub/grubenv"];

    private static readonly string[] EntryFolders = ["/boot/loader/entries", "/efi/loader/entries", "/boot/efi/loader/entries"];

    private static readonly string[] ClearTools = ["/usr/bin/clr-boot-manager", "/usr/sbin/clr-boot-manager"];

    /// <summary>What keeps the command line of a machine.</summary>
    public static BootLoader Find(FileTree files)
    {
        if (ClearTool(files) is not null)
        {
            return BootLoader.ClearLinux;
        }

        return Entries(files).Length > 0 ? BootLoader.Entries : files.Exists(GrubDefaults) && Menu(files) is not null ? BootLoader.Grub : BootLoader.None;
    }

    /// <summary>clr-boot-manager; null where it is not.</summary>
    public static string? ClearTool(FileTree files) => ClearTools.FirstOrDefault(files.Exists);

    /// <summary>GRUB's menu; null where there is none.</summary>
    public static string? Menu(FileTree files) => Menus.FirstOrDefault(files.Exists);

    /// <summary>Files of the boot loader's entries, the newest name last.</summary>
    public static string[] Entries(FileTree files) =>
        [.. EntryFolders.SelectMany(folder => files.List(folder).Where(name => name.EndsWith(".conf", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name => $"{folder}/{name}"))];

    /// <summary>Drop-ins of GRUB's settings, in the order in which they are read.</summary>
    public static string[] GrubPieces(FileTree files) => Pieces(files, GrubDropIns, ".cfg");

    /// <summary>clr-boot-manager's pieces, in their order.</summary>
    public static string[] ClearPieces(FileTree files) => Pieces(files, ClearDropIns, ".conf");

    /// <summary>The entry that boots next: the one that is chosen, else that of the running kernel, else the newest. Rescue entries come last.</summary>
    public static string? NextEntry(FileTree files)
    {
        string[] entries = Entries(files);
        string? chosen = Chosen(files);
        string? running = files.ReadText("/proc/sys/kernel/osrelease");
        return Array.Find(entries, entry => chosen is not null && NameOf(entry) == chosen)
            ?? Array.FindLast(entries, entry => running is not null && NameOf(entry).EndsWith("-" + running, StringComparison.Ordinal))
            ?? Array.FindLast(entries, entry => !entry.Contains("rescue", StringComparison.Ordinal))
            ?? entries.LastOrDefault();
    }

    // saved_entry of GRUB's environment block, or default of systemd-boot, when it names one entry.
    private static string? Chosen(FileTree files)
    {
        string? saved = Environments.SelectMany(files.ReadLines)
            .FirstOrDefault(line => line.StartsWith("saved_entry=", StringComparison.Ordinal))?["saved_entry=".Length..];
        string? named = EntryFolders.SelectMany(folder => files.ReadLines(folder[..folder.LastIndexOf('/')] + "/loader.conf"))
            .FirstOrDefault(line => line.StartsWith("default ", StringComparison.Ordinal))?["default ".Length..].Trim();
        string? chosen = saved is { Length: > 0 } ? saved : named;
        return chosen is not null && chosen.EndsWith(".conf", StringComparison.Ordinal) ? chosen[..^5] : chosen;
    }

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..^".conf".Length];

    private static string[] Pieces(FileTree files, string folder, string ending) =>
        [.. files.List(folder).Where(name => name.EndsWith(ending, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name => $"{folder}/{name}")];
}
