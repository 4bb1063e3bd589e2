namespace ZeptAdmin.Workers;

/// <summary>Finds the key of a configuration that was meant.</summary>
internal static class Misspelling
{
    /// <summary>The one key that looks like a misspelled one; null when none or several do.</summary>
    public static string? Meant(string key, IEnumerable<string> known)
    {
        (string Key, int Distance)[] near = [.. known.Select(other => (other, Distance(key, other))).Where(item => item.Item2 <= 2).OrderBy(item => item.Item2)];
        return near.Length == 0 || (near.Length > 1 && near[1].Distance == near[0].Distance) ? null : near[0].Key;
    }

    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (left[i - 1] == right[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
