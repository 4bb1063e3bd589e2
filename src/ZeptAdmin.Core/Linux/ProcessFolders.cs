using System.Globalization;

namespace ZeptAdmin.Linux;

/// <summary>Processes of a machine, by the folders of /proc that are numbers.</summary>
internal static class ProcessFolders
{
    /// <summary>Numbers of all processes, ascending.</summary>
    public static IEnumerable<int> Ids(FileTree files) =>
        files.List("/proc").Select(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0).Where(id => id > 0).Order();

    /// <summary>Name of a process, at most 15 letters (/proc/PID/comm); null when it has ended.</summary>
    public static string? Name(FileTree files, int id) => files.ReadText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/comm"));

    /// <summary>The first process of a name; null when none runs.</summary>
    public static int? Find(FileTree files, string name)
    {
        foreach (int id in Ids(files))
        {
            if (Name(files, id) == name)
            {
                return id;
            }
        }

        return null;
    }
}
