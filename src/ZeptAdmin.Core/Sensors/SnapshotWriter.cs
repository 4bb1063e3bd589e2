using System.Globalization;
using System.IO.Compression;
using System.Text;
using ZeptAdmin.Drivers;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Sensors;

/// <summary>Turns recordings into the entries of a snapshot, and these into a zip: the same state gives the same bytes.</summary>
internal static class SnapshotWriter
{
    // Services whose presence the audit tells of, and Suricata, whose file is the one that it was started with; nobody else's processes leave the machine.
    private static readonly HashSet<string> KeptProcesses = ["irqbalance", "tuned", "dhclient", "dhcpcd", "lldpd", "lldpad", "Suricata-Main", "suricata", .. UnwantedService.All.SelectMany(service => service.Programs)];

    // Families whose answers are known to hold neither addresses nor serial numbers; devlink has both.
    private static readonly string[] KeptFamilies = ["ethtool", "netdev", "nlctrl", PacketDiag.Family];

    // Of a process that captures: its name and CPUs, and which socket is its own.
    private static readonly string[] KeptOfOwners = ["comm", "stat", "status", "fd"];

    // The oldest time that a zip can hold; a fixed one, so that only the content counts.
    private static readonly DateTimeOffset EntryTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The entries of a snapshot by name, in the order in which they are written.</summary>
    /// <param name="first">The state.</param>
    /// <param name="later">The counters a moment later; null when they were not read again.</param>
    /// <param name="manifest">What it says about itself.</param>
    /// <param name="secrets">Takes out what is secret; null when that was done before.</param>
    public static SortedDictionary<string, byte[]> Render(RecordingSensor first, RecordingSensor? later, SnapshotManifest manifest, SnapshotSecrets? secrets)
    {
        SortedDictionary<string, byte[]> entries = new(StringComparer.Ordinal) { [SnapshotFormat.Manifest] = manifest.ToBytes() };
        HashSet<string> processes = [.. first.SeenFiles.Where(IsKeptProcess).Select(file => file.Key.Split('/')[2])];
        HashSet<string> sockets = PacketSockets(first);
        HashSet<string> owners = [.. first.SeenFiles.Where(file => IsPacketSocket(file.Value, sockets)).Select(file => file.Key.Split('/')[2])];
        AddFiles(entries, "", first.SeenFiles.Where(file => IsKept(file, processes, owners, sockets)), secrets);
        AddEthtool(entries, "", first.EthtoolAnswers.Values, secrets);
        AddText(entries, SnapshotFormat.Netlink, first.NetlinkAnswers.Values.Where(answer => KeptFamilies.Contains(answer.Family)).Select(answer => answer.Line));
        AddText(entries, SnapshotFormat.Msr, first.MsrLines);
        if (later is not null)
        {
            // Only what has changed: the rest is read from below it.
            string folder = SnapshotFormat.Later + "/";
            AddFiles(entries, folder, later.SeenFiles.Where(file => HasChanged(file.Value, first.SeenFiles.GetValueOrDefault(file.Key))), secrets);
            AddEthtool(entries, folder, later.EthtoolAnswers.Where(answer => HasChanged(answer.Value, first.EthtoolAnswers.GetValueOrDefault(answer.Key))).Select(answer => answer.Value), secrets);
        }

        return entries;
    }

    /// <summary>Writes the entries as a zip.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static void WriteZip(Stream stream, SortedDictionary<string, byte[]> entries, CancellationToken stop)
    {
        const int RegularFile = 0x81a4 << 16; // S_IFREG and 0644 in the upper half
        using ZipArchive zip = new(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach ((string name, byte[] content) in entries)
        {
            stop.ThrowIfCancellationRequested();
            ZipArchiveEntry entry = zip.CreateEntry(name, CompressionLevel.Optimal);
            entry.LastWriteTime = EntryTime;
            entry.ExternalAttributes = RegularFile;
            using Stream target = entry.Open();
            target.Write(content);
        }
    }

    private static HashSet<string> PacketSockets(RecordingSensor recording)
    {
        string lines = string.Join('\n', recording.NetlinkAnswers.Values.Where(answer => answer.Family == PacketDiag.Family).Select(answer => answer.Line));
        return PacketDiag.Sockets(new RecordedNetlink(lines, SnapshotFormat.Netlink)).Try(out PacketSocket[]? sockets)
            ? [.. sockets.Select(socket => string.Create(CultureInfo.InvariantCulture, $"socket:[{socket.Inode}]"))]
            : [];
    }

    private static bool IsPacketSocket(SeenFile file, HashSet<string> sockets) => file.Link is string target && sockets.Contains(target);

    private static bool IsKept(KeyValuePair<string, SeenFile> file, HashSet<string> processes, HashSet<string> owners, HashSet<string> sockets)
    {
        string[] parts = file.Key.Split('/');
        if (parts is [_, "proc", _, "fd", _])
        {
            return IsPacketSocket(file.Value, sockets);
        }

        return !SnapshotSecrets.IsLeftOut(file.Key, processes)
            || (parts is [_, "proc", string id] && owners.Contains(id))
            || (parts is [_, "proc", string owner, string name] && owners.Contains(owner) && KeptOfOwners.Contains(name));
    }

    private static bool IsKeptProcess(KeyValuePair<string, SeenFile> file) =>
        file.Key.StartsWith("/proc/", StringComparison.Ordinal) && file.Key.EndsWith("/comm", StringComparison.Ordinal)
        && file.Value.Answer is { IsKnown: true } comm && IsKept(Encoding.UTF8.GetString(comm.Bytes.Span).TrimEnd());

    // With rcu_nocbs the kernel has threads rcuop/N and rcuog/N, whose CPUs matter to a sensor.
    private static bool IsKept(string program) => KeptProcesses.Contains(program) || program.StartsWith("rcuo", StringComparison.Ordinal);

    private static void AddFiles(SortedDictionary<string, byte[]> entries, string folder, IEnumerable<KeyValuePair<string, SeenFile>> files, SnapshotSecrets? secrets)
    {
        List<string> lines = [];
        foreach ((string seenPath, SeenFile file) in files)
        {
            string path = secrets?.Path(seenPath) ?? seenPath;
            if (path.Any(char.IsControl) || path.Any(char.IsSurrogate))
            {
                continue;
            }

            if (file.Link is string target)
            {
                lines.Add(SnapshotValues.LinkLine(path, secrets?.Link(target) ?? target));
            }
            else if (file.Answer is not FileAnswer answer)
            {
                lines.Add(file.IsFolder ? SnapshotValues.FolderLine(path) : SnapshotValues.UnreadLine(path));
            }
            else if (!answer.IsKnown)
            {
                lines.Add(SnapshotValues.RefusalLine(path, answer.Errno));
            }
            else
            {
                byte[] content = secrets?.File(seenPath, answer.Bytes.Span) ?? answer.Bytes.ToArray();
                if (SnapshotValues.FileLine(path, content) is string line)
                {
                    lines.Add(line);
                }
                else
                {
                    entries[folder + path[1..]] = content;
                }
            }
        }

        AddText(entries, folder + SnapshotFormat.Values, lines);
    }

    private static void AddEthtool(SortedDictionary<string, byte[]> entries, string folder, IEnumerable<EthtoolAnswer> answers, SnapshotSecrets? secrets) =>
        AddText(entries, folder + SnapshotFormat.Ethtool, answers.Select(answer => secrets is null ? answer : secrets.Ethtool(answer)).OfType<EthtoolAnswer>()
            .Select(answer => RecordedEthtool.Line(answer.InterfaceName, answer.Request, answer.Answer, answer.Errno)));

    private static void AddText(SortedDictionary<string, byte[]> entries, string name, IEnumerable<string> lines)
    {
        StringBuilder text = new();
        foreach (string line in lines)
        {
            _ = text.Append(line).Append('\n');
        }

        if (text.Length > 0)
        {
            entries[name] = Encoding.UTF8.GetBytes(text.ToString());
        }
    }

    private static bool HasChanged(SeenFile later, SeenFile? first) =>
        later.Answer is { IsKnown: true } now && !(first?.Answer is { IsKnown: true } before && now.Bytes.Span.SequenceEqual(before.Bytes.Span));

    private static bool HasChanged(EthtoolAnswer later, EthtoolAnswer? first) =>
        later.Errno == Errno.None && !(first is { Errno: Errno.None } && later.Answer.AsSpan().SequenceEqual(first.Answer));
}
