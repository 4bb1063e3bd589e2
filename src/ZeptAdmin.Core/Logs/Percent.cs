namespace ZeptAdmin.Logs;

/// <summary>Parts in percent.</summary>
internal static class Percent
{
    /// <summary>A part in percent of a whole; null when one is not known, or there is nothing.</summary>
    public static double? Of(long? part, long? whole) => part is long some && whole is long all and > 0 ? 100.0 * some / all : null;
}

/// <summary>Lengths of time.</summary>
internal static class Seconds
{
    /// <summary>So many seconds, to the microsecond that Zeek writes; what no length of time can hold is the longest one.</summary>
    public static TimeSpan Span(double seconds) =>
        Math.Abs(seconds) < 9e11 ? TimeSpan.FromMicroseconds(Math.Round(seconds * 1e6)) : seconds < 0 ? TimeSpan.MinValue : TimeSpan.MaxValue;
}
