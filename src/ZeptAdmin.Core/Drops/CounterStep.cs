namespace ZeptAdmin.Drops;

/// <summary>What a counter counted between two readings.</summary>
internal static class CounterStep
{
    // Registers of cards are 32, 36, 40 or 48 bits wide, and drivers show some of them as they are (field.md K10).
    private static readonly int[] Widths = [32, 36, 40, 48];

    /// <summary>The count between two readings; null when the counter started again in between.</summary>
    /// <remarks>
    /// A counter that fell has wrapped when it was within the last sixteenth of a register's width and is now in the first; everything
    /// else is a reset, and what was counted before it is not known.
    /// </remarks>
    public static ulong? Between(ulong before, ulong after)
    {
        if (after >= before)
        {
            return after - before;
        }

        foreach (int width in Widths)
        {
            ulong size = 1UL << width;
            ulong part = size >> 4;
            if (before < size && before >= size - part && after < part)
            {
                return size - before + after;
            }
        }

        return null;
    }
}
