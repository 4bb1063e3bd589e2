namespace ZeptAdmin.Sensors;

/// <summary>Finds the name that was meant by one that nothing knows: a key of a configuration, an argument of the kernel.</summary>
internal static class Misspelling
{
    private const int MostSlips = 2;

    /// <summary>The one name that looks like a misspelled one; null when none or several do.</summary>
    public static string? Meant(string name, IEnumerable<string> known)
    {
        (string Name, int Distance)[] near = [.. known.Select(other => (other, Distance(name, other))).Where(item => item.Item2 <= MostSlips).OrderBy(item => item.Item2)];
        return near.Length == 0 || (near.Length > 1 && near[1].Distance == near[0].Distance) ? null : near[0].Name;
    }

    /// <summary>How many slips of the pen two names are apart: letters to add, take away, change, or swap with the next.</summary>
    /// <remarks>The optimal string alignment: no letter is touched twice.</remarks>
    public static int Distance(string left, string right)
    {
        int[] earlier = [];
        int[] above = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int[] row = new int[right.Length + 1];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                row[j] = Math.Min(Math.Min(above[j], row[j - 1]) + 1, above[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    row[j] = Math.Min(row[j], earlier[j - 2] + 1);
                }
            }

            (earlier, above) = (above, row);
        }

        return above[^1];
    }
}
