using System.IO.Compression;

namespace ZeptAdmin.Tests.Planning;

/// <summary>The talk's sensor with more files in it than the project's snapshot of it has.</summary>
internal static class TalkWith
{
    /// <summary>Writes the snapshot into a folder; its path.</summary>
    public static string Files(string folder, params (string Name, string Text)[] files)
    {
        string path = Path.Combine(folder, "talk-with.zip");
        File.Copy(Path.Combine(Repository.Root, "examples", "sensors", "talk.zip"), path);
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Update);
        foreach ((string name, string text) in files)
        {
            using StreamWriter writer = new(archive.CreateEntry(name).Open());
            writer.Write(text);
        }

        return path;
    }
}
