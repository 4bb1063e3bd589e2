using System.Globalization;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Topology;

/// <summary>What /sys/devices/system/node tells: memory, CPUs, distances and initiators of nodes.</summary>
/// <remarks>Documentation/ABI/stable/sysfs-devices-node, Documentation/admin-guide/mm/numaperf.rst.</remarks>
internal sealed class NodeTree
{
    private const string Root = "/sys/devices/system/node";

    private readonly FileTree _files;

    private NodeTree(FileTree files, CpuMask online)
    {
        _files = files;
        int[] numbers = FindOnline(files);
        CpuMask taken = CpuMask.Empty;
        foreach (int number in numbers)
        {
            CpuMask? own = files.ReadMask($"{Root}/node{number}/cpumap") ?? files.ReadListAsMask($"{Root}/node{number}/cpulist");
            if (own is null)
            {
                Notes.Add($"Node {number} does not name its CPUs and is left out.");
                continue;
            }

            CpuMask cpus = own.And(online);
            if (cpus.Overlaps(taken))
            {
                Notes.Add($"Node {number} claims CPUs of another node (a firmware bug) and is left out.");
                continue;
            }

            taken = taken.Or(cpus);
            (long? total, long? free) = ParseMeminfo(files.ReadText($"{Root}/node{number}/meminfo") ?? "");
            Nodes.Add(new FoundNode(number, cpus, total, free));
        }

        AddDistances(numbers);
        FindGpuMemory();
        FindLocalCpus();
    }

    /// <summary>Nodes, ascending.</summary>
    public List<FoundNode> Nodes { get; } = [];

    /// <summary>What was left out, and why.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Reads the tree.</summary>
    public static NodeTree Read(FileTree files, CpuMask online) => new(files, online);

    /// <summary>MemTotal and MemFree in bytes, of a node's meminfo or of /proc/meminfo.</summary>
    public static (long? Total, long? Free) ParseMeminfo(string text) => (ParseMeminfo(text, "MemTotal:"), ParseMeminfo(text, "MemFree:"));

    private static long? ParseMeminfo(string text, string key)
    {
        int start = text.IndexOf(key, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        ReadOnlySpan<char> value = text.AsSpan(start + key.Length).TrimStart();
        int end = value.IndexOfAnyExceptInRange('0', '9');
        return end > 0 && value[end..].TrimStart().StartsWith("kB") && long.TryParse(value[..end], NumberStyles.None, CultureInfo.InvariantCulture, out long kibibytes) && kibibytes < 1L << 50
            ? kibibytes << 10
            : null;
    }

    private static int[] FindOnline(FileTree files) =>
        files.ReadCpuList(Root + "/online") is { IsEmpty: false } online
            ? online.ToArray()
            : [.. files.List(Root).Select(name => SysfsNames.Number(name, "node")).OfType<int>().Order()];

    private void AddDistances(int[] numbers)
    {
        // A row has a value for each online node; nodes that were left out fall out of it too.
        int[] kept = [.. Nodes.Select(node => Array.IndexOf(numbers, node.Number))];
        foreach (FoundNode node in Nodes)
        {
            string[] row = (_files.ReadText($"{Root}/node{node.Number}/distance") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            int[] distances = [.. row.Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int distance) ? distance : -1)];
            node.Distances = distances.Length == numbers.Length && !distances.Contains(-1) ? [.. kept.Select(index => distances[index])] : [];
        }
    }

    /// <summary>NVIDIA's driver shows the memory of a GPU as a node without CPUs (POWER9, Grace).</summary>
    private void FindGpuMemory()
    {
        foreach (string address in _files.List("/proc/driver/nvidia/gpus"))
        {
            string status = _files.ReadText($"/proc/driver/nvidia/gpus/{address}/numa_status") ?? "";
            int start = status.IndexOf("Node:", StringComparison.Ordinal);
            string number = start < 0 ? "" : status[(start + 5)..].Split('\n')[0].Trim();
            if (int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int gpuNode)
                && Nodes.Find(node => node.Number == gpuNode && node.Cpus.IsEmpty) is FoundNode found)
            {
                found.DevicePciAddress = address;
                found.LocalCpus = _files.ReadMask($"/sys/bus/pci/devices/{address}/local_cpus") ?? CpuMask.Empty;
            }
        }
    }

    private void FindLocalCpus()
    {
        foreach (FoundNode node in Nodes.Where(node => node.DevicePciAddress is null))
        {
            // Since 5.10 access0 may name generic initiators (devices); access1 has CPUs only.
            IReadOnlyList<string> initiators = _files.List($"{Root}/node{node.Number}/access1/initiators");
            if (initiators.Count == 0)
            {
                initiators = _files.List($"{Root}/node{node.Number}/access0/initiators");
            }

            int[] numbers = [.. initiators.Select(name => SysfsNames.Number(name, "node")).OfType<int>().Where(number => number != node.Number).Order()];
            node.Initiators = [.. Nodes.Where(other => numbers.Contains(other.Number)).Select(other => other.Number)];
            node.LocalCpus = Nodes.Where(other => numbers.Contains(other.Number)).Aggregate(node.Cpus, (cpus, other) => cpus.Or(other.Cpus));
        }

        for (int i = 0; i < Nodes.Count; i++)
        {
            if (Nodes[i].LocalCpus.IsEmpty && Nodes[i].DevicePciAddress is null)
            {
                Nodes[i].LocalCpus = Nearest(i);
            }
        }
    }

    /// <summary>CPUs of the least distant nodes; none when all others are as far, or none is.</summary>
    private CpuMask Nearest(int index)
    {
        int[] distances = Nodes[index].Distances;
        int[] others = [.. Enumerable.Range(0, distances.Length).Where(other => other != index)];
        if (others.Length == 0)
        {
            return CpuMask.Empty;
        }

        int least = others.Min(other => distances[other]);
        int[] nearest = [.. others.Where(other => distances[other] == least)];
        return least <= distances[index] || nearest.Length == others.Length
            ? CpuMask.Empty
            : nearest.Aggregate(CpuMask.Empty, (cpus, other) => cpus.Or(Nodes[other].Cpus));
    }
}

/// <summary>A node as the kernel tells it.</summary>
internal sealed class FoundNode(int number, CpuMask cpus, long? memoryTotal, long? memoryFree)
{
    public int Number { get; } = number;

    public CpuMask Cpus { get; } = cpus;

    public long? MemoryTotal { get; } = memoryTotal;

    public long? MemoryFree { get; } = memoryFree;

    public int[] Distances { get; set; } = [];

    public int[] Initiators { get; set; } = [];

    public CpuMask LocalCpus { get; set; } = cpus;

    public string? DevicePciAddress { get; set; }
}
