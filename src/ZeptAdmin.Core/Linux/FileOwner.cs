using System.Globalization;

namespace ZeptAdmin.Linux;

/// <summary>User and group of a file, by number.</summary>
/// <param name="User">User.</param>
/// <param name="Group">Group.</param>
public readonly record struct FileOwner(uint User, uint Group)
{
    /// <summary>Reads <c>0:0</c>; null when the text is something else.</summary>
    public static FileOwner? Parse(string? text) =>
        text?.Split(':') is [string user, string group] && Number(user) is uint userId && Number(group) is uint groupId ? new FileOwner(userId, groupId) : null;

    /// <summary>
    /// User and group of <c>zeek</c>, <c>zeek:adm</c> or <c>998:996</c> by a machine's /etc/passwd and /etc/group; a user alone has its own group.
    /// null when one of them is not there.
    /// </summary>
    public static FileOwner? Find(FileTree files, string text)
    {
        string[] parts = text.Split(':');
        string[]? user = Entry(files, "/etc/passwd", parts[0]);
        uint? userId = Number(parts[0]) ?? (user is { Length: > 3 } ? Number(user[2]) : null);
        uint? groupId = parts.Length switch
        {
            1 => user is { Length: > 3 } ? Number(user[3]) : null,
            2 => Number(parts[1]) ?? (Entry(files, "/etc/group", parts[1]) is { Length: > 2 } group ? Number(group[2]) : null),
            _ => null,
        };
        return userId is uint someone && groupId is uint some ? new FileOwner(someone, some) : null;
    }

    /// <summary>Whom a file belongs to that this process makes; null where that cannot be told.</summary>
    public static FileOwner? Mine(FileTree files)
    {
        string[] status = files.ReadLines("/proc/self/status");
        return Id(status, "Uid:") is uint user && Id(status, "Gid:") is uint group ? new FileOwner(user, group) : null;
    }

    /// <summary><c>0:0</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{User}:{Group}");

    // proc_pid_status(5): real, effective, saved, and that of the file system, by which files are made.
    private static uint? Id(string[] status, string key) =>
        Array.Find(status, line => line.StartsWith(key, StringComparison.Ordinal))?.Split('\t', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [_, _, _, _, string id] ? Number(id) : null;

    private static string[]? Entry(FileTree files, string path, string name) =>
        files.ReadLines(path).Select(line => line.Split(':')).FirstOrDefault(fields => fields[0] == name);

    private static uint? Number(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null;
}
