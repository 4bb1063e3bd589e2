using System.Reflection;

namespace ZeptAdmin.Suricata;

/// <summary>A key of Suricata's own suricata.yaml.</summary>
/// <param name="Path">Where it stands; <c>[]</c> for each item of a list, <c>*</c> for each set of CPUs.</param>
/// <param name="Type"><c>section</c>, <c>number</c>, <c>size</c>, <c>boolean</c>, <c>list</c>, <c>word</c> or <c>text</c>.</param>
/// <param name="Allowed">Values that there are; empty when they are not listed.</param>
internal sealed record SuricataKey(string Path, string Type, string[] Allowed);

/// <summary>Keys by version: Data/keys.txt, which tells where it is from.</summary>
internal static class SuricataKeys
{
    /// <summary>Releases that are known.</summary>
    public static readonly int[] Versions = [7, 8, 9];

    private static readonly Lazy<Dictionary<int, Dictionary<string, SuricataKey>>> Tables = new(Load);

    /// <summary>The key at a path; null for one that this version's template does not have.</summary>
    public static SuricataKey? Find(int version, string path) => Tables.Value[version].GetValueOrDefault(path);

    /// <summary>All keys of a version.</summary>
    public static IEnumerable<SuricataKey> All(int version) => Tables.Value[version].Values;

    private static Dictionary<int, Dictionary<string, SuricataKey>> Load()
    {
        Dictionary<int, Dictionary<string, SuricataKey>> tables = Versions.ToDictionary(version => version, _ => new Dictionary<string, SuricataKey>(StringComparer.Ordinal));
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("ZeptAdmin.Suricata.Data.keys.txt")!;
        using StreamReader reader = new(stream);
        while (reader.ReadLine() is string line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            string[] words = line.Split(' ');
            SuricataKey key = new(words[1], words[2], words.Length > 3 ? words[3].Split('|') : []);
            foreach (string version in words[0].Split(','))
            {
                tables[version[0] - '0'].Add(key.Path, key);
            }
        }

        return tables;
    }
}
