using ZeptAdmin.Linux;

namespace ZeptAdmin.Topology;

/// <summary>CPUs and nodes that the cpuset of the reading process allows (field.md A1).</summary>
/// <remarks>
/// Its affinity bars nothing: isolcpus=, CPUAffinity= of systemd and taskset leave a shell few CPUs on a sensor that is set up well, and yet
/// programs can be put on all others.
/// </remarks>
internal static class AllowedResources
{
    /// <summary>Allowed CPUs and nodes; null where nothing limits them.</summary>
    public static (CpuMask? Cpus, CpuMask? Nodes) Find(FileTree files)
    {
        (string? cpus, string? nodes) = FindCpusetFiles(files);
        string[] status = files.ReadLines("/proc/self/status");
        return (
            ListOf(files, cpus),
            Both(ListOf(files, nodes), StatusList(status, "Mems_allowed_list:")));
    }

    // An empty list in a cgroup means that it inherits; nobody runs nowhere.
    private static CpuMask? ListOf(FileTree files, string? path) =>
        path is not null && files.ReadListAsMask(path) is { IsEmpty: false } list ? list : null;

    private static CpuMask? Both(CpuMask? first, CpuMask? second) => first is null ? second : second is null ? first : first.And(second);

    private static CpuMask? StatusList(string[] status, string key) =>
        Array.Find(status, line => line.StartsWith(key, StringComparison.Ordinal)) is string line
        && CpuList.TryParse(line[key.Length..], out CpuList? list) && !list.IsEmpty
            ? CpuMask.Of(list)
            : null;

    private static (string? Cpus, string? Nodes) FindCpusetFiles(FileTree files)
    {
        if (FindGroup(files) is not string group || FindMount(files) is not (string mount, string cpus, string nodes))
        {
            return (null, null);
        }

        string folder = mount.TrimEnd('/') + group.TrimEnd('/');
        return ($"{folder}/{cpus}", $"{folder}/{nodes}");
    }

    private static string? FindGroup(FileTree files)
    {
        if (files.ReadText("/proc/self/cpuset") is { Length: > 0 } cpuset)
        {
            return cpuset.Split('\n')[0];
        }

        foreach (string line in files.ReadLines("/proc/self/cgroup"))
        {
            // number:controllers:path; the controllers of version 2 are empty.
            string[] parts = line.Split(':', 3);
            if (parts.Length == 3 && (parts[1].Length == 0 || parts[1].Split(',').Contains("cpuset")))
            {
                return parts[2];
            }
        }

        return null;
    }

    private static (string Mount, string Cpus, string Nodes)? FindMount(FileTree files)
    {
        (string, string, string) version2 = ("/sys/fs/cgroup", "cpuset.cpus.effective", "cpuset.mems.effective");
        (string, string, string) version1 = ("/sys/fs/cgroup/cpuset", "cpuset.cpus", "cpuset.mems");
        (string, string, string) cpusetFileSystem = ("/dev/cpuset", "cpus", "mems");
        if (files.Exists("/sys/fs/cgroup/cpuset.cpus.effective"))
        {
            return version2;
        }

        if (files.Exists("/sys/fs/cgroup/cpuset/cpuset.cpus"))
        {
            return version1;
        }

        return files.Exists("/dev/cpuset/cpus") ? cpusetFileSystem : FindInMounts(files);
    }

    private static (string Mount, string Cpus, string Nodes)? FindInMounts(FileTree files)
    {
        foreach (string line in files.ReadLines("/proc/mounts"))
        {
            string[] parts = line.Split(' ');
            if (parts.Length < 4)
            {
                continue;
            }

            string[] options = parts[3].Split(',');
            if (parts[2] == "cgroup2" && (files.ReadText($"{parts[1]}/cgroup.controllers") ?? "").Split(' ').Contains("cpuset"))
            {
                return (parts[1], "cpuset.cpus.effective", "cpuset.mems.effective");
            }

            if (parts[2] == "cpuset" || (parts[2] == "cgroup" && options.Contains("cpuset") && options.Contains("noprefix")))
            {
                return (parts[1], "cpus", "mems");
            }

            if (parts[2] == "cgroup" && options.Contains("cpuset"))
            {
                return (parts[1], "cpuset.cpus", "cpuset.mems");
            }
        }

        return null;
    }
}
